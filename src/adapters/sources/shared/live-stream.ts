import type { Timeframe } from "../../../domain/timeframe.ts";
import type {
  BarRange,
  LiveBar,
  RowFault,
  StreamCounts,
  StreamState,
  SubscribeRequest,
  Subscription,
} from "../../../ports/bar-source.ts";
import { BarGate } from "./bar-gate.ts";
import type { CloseOf } from "./bar-grid.ts";
import { BoundedDelivery } from "./bounded-delivery.ts";
import { describeRow, faultIn, type VenueRow } from "./row-quarantine.ts";
import type { ResolvedOptions } from "./source-options.ts";
import { StreamConnection } from "../../shared/stream-connection.ts";
import type { Interpret, OpenWire, StreamEvent, StreamTopic } from "./stream-events.ts";
import { StreamTally } from "./stream-tally.ts";

const heartbeatMs = 1_000;

type BarEvent = Extract<StreamEvent, { kind: "bar" | "revision" }>;

/** What a venue's stream must say about itself. */
export type StreamParts = Pick<ResolvedOptions, "clock" | "prng" | "bufferMax" | "clockSkewMsMax"> & {
  readonly topicsPerConnection: number;
  readonly staleAfterMs: number;
  /** Every bar is sent, also one without a trade, so that a hole is a loss. */
  readonly isContinuous: boolean;
  readonly closesOf: (timeframe: Timeframe) => CloseOf;
  /** Made anew for every connection. */
  readonly interpreter: (topics: readonly StreamTopic[]) => Interpret;
  readonly openWire: OpenWire;
  readonly isQuiet?: (nowMs: number) => boolean;
};

/** A subscription over as many connections as the venue wants for it. */
export class LiveStream implements Subscription {
  private readonly request: SubscribeRequest;
  private readonly parts: StreamParts;
  private readonly gate: BarGate;
  private readonly tally = new StreamTally();
  private readonly delivery: BoundedDelivery<LiveBar>;
  private readonly connections: StreamConnection[] = [];
  private readonly closesOf = new Map<Timeframe, CloseOf>();
  private isClosed = false;
  private heartbeatAtMs = Number.NEGATIVE_INFINITY;

  constructor(request: SubscribeRequest, parts: StreamParts) {
    this.request = request;
    this.parts = parts;
    const topics = [...new Set(request.symbols)].flatMap((symbol) =>
      [...new Set(request.timeframes)].map((timeframe) => ({ symbol, timeframe })),
    );
    this.gate = new BarGate(topics, parts.isContinuous);
    this.delivery = new BoundedDelivery(parts.bufferMax, request.onBar, {
      onOverflow: (missed) =>
        this.tell({
          kind: "overflow",
          atMs: parts.clock.nowMs(),
          dropped: missed.length,
          backfill: rangesOf(missed),
        }),
      onFailure: crash,
    });
    for (const timeframe of request.timeframes) this.closesOf.set(timeframe, parts.closesOf(timeframe));
    for (let from = 0; from < topics.length; from += parts.topicsPerConnection) {
      this.connect(topics.slice(from, from + parts.topicsPerConnection));
    }
    for (const connection of this.connections) connection.open();
  }

  counts(): StreamCounts {
    return this.tally.counts(this.delivery);
  }

  close(): void {
    if (this.isClosed) return;
    this.end();
    this.report({ kind: "closed", atMs: this.parts.clock.nowMs() });
  }

  private connect(topics: readonly StreamTopic[]): void {
    const { clock, prng, staleAfterMs, isQuiet, interpreter, openWire } = this.parts;
    let interpret: Interpret = () => [];
    const connection: StreamConnection = new StreamConnection({
      clock,
      prng: prng.fork(`connection ${this.connections.length}`),
      staleAfterMs,
      isQuiet: isQuiet ?? (() => false),
      openWire: (events) => {
        this.tally.add("connections");
        interpret = interpreter(topics);
        return openWire(topics, events);
      },
      onLive: (atMs) => this.gate.catchUp(topics, atMs),
      onState: (state) => this.tell(state),
      onWatch: (nowMs) => {
        for (const late of this.gate.overdue(topics, nowMs, staleAfterMs)) {
          this.tell({ kind: "overdue", atMs: nowMs, ...late });
        }
      },
      onMessage: (message) => {
        this.tally.add("messages");
        this.beat();
        for (const event of interpret(message)) this.handle(event, connection);
      },
    });
    this.connections.push(connection);
  }

  private handle(event: StreamEvent, connection: StreamConnection): void {
    if (this.isClosed) return;
    switch (event.kind) {
      case "ready":
        return connection.confirm();
      case "ignored":
        return this.tally.ignore(event.what);
      case "unreadable":
        return this.tally.add("unreadable");
      case "refused":
        return this.refuse(event.error);
      case "trade":
        this.tally.add("trades");
        return connection.touch();
      case "time":
        return;
      case "partial":
        return this.tellPartial(event);
      case "bar":
      case "revision":
        connection.touch();
        return this.handleBar(event);
    }
  }

  private handleBar(event: BarEvent): void {
    const { symbol, timeframe, row } = event;
    if (!this.gate.wants(symbol, timeframe)) return this.tally.ignore("bars nobody asked for");
    if (event.kind === "bar" && !event.isClosed) return this.tally.add("open");
    const closeTimeMs = this.closesOf.get(timeframe)!(row.openMs);
    if (closeTimeMs === null) return this.quarantine("offGrid", event);
    const fault = faultIn(row);
    if (fault !== null) return this.quarantine(fault, event);
    // A bar cannot be closed before its time, whatever the message says.
    const { clock, clockSkewMsMax } = this.parts;
    if (closeTimeMs > clock.nowMs() + clockSkewMsMax) return this.quarantine("outOfRange", event);
    const { open, high, low, close, volume } = row;
    const bar: LiveBar = { symbol, timeframe, closeTimeMs, open, high, low, close, volume };
    if (event.kind === "revision") return this.revise(bar);
    this.accept(bar, row);
  }

  private quarantine(fault: RowFault, { symbol, timeframe, row }: BarEvent): void {
    this.tally.add("quarantined");
    const example = `${symbol} ${timeframe} ${describeRow(row)}`;
    this.tell({ kind: "quarantined", atMs: this.parts.clock.nowMs(), fault, example });
  }

  private accept(bar: LiveBar, row: VenueRow): void {
    const verdict = this.gate.judge(bar, row.openMs);
    switch (verdict.kind) {
      case "duplicate":
        return this.tally.add("duplicates");
      case "late":
        return this.tally.add("late");
      case "revision":
        return this.revise(bar);
      case "deliver":
        if (verdict.gap !== null) this.tellGap(verdict.gap);
        return this.delivery.push(bar);
    }
  }

  private revise(bar: LiveBar): void {
    this.tally.add("revisions");
    guarded(() => this.request.onRevision?.(bar));
  }

  private tellPartial({ symbol, timeframe, closeMs }: Extract<StreamEvent, { kind: "partial" }>): void {
    this.tellGap({ symbol, timeframe, fromMs: closeMs, toMs: closeMs + 1 });
  }

  private tellGap(range: BarRange): void {
    this.tell({ kind: "gap", atMs: this.parts.clock.nowMs(), backfill: [range] });
  }

  private beat(): void {
    const atMs = this.parts.clock.nowMs();
    if (atMs - this.heartbeatAtMs < heartbeatMs) return;
    this.heartbeatAtMs = atMs;
    this.tell({ kind: "heartbeat", atMs });
  }

  private refuse(error: Error): void {
    this.end();
    this.report({ kind: "refused", atMs: this.parts.clock.nowMs(), error });
  }

  private tell(state: StreamState): void {
    if (!this.isClosed) this.report(state);
  }

  private report(state: StreamState): void {
    guarded(() => this.request.onState(state));
  }

  private end(): void {
    this.isClosed = true;
    this.delivery.close();
    for (const connection of this.connections) connection.close();
  }
}

/** Venue clients swallow what a listener throws: a receiver's bug must end the program, not vanish in a socket. */
function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    crash(error);
  }
}

function crash(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** One range per symbol and timeframe, from the first to the last bar that was missed. */
function rangesOf(missed: readonly LiveBar[]): readonly BarRange[] {
  const ranges = new Map<string, BarRange>();
  for (const { symbol, timeframe, closeTimeMs } of missed) {
    const key = `${symbol} ${timeframe}`;
    const fromMs = ranges.get(key)?.fromMs ?? closeTimeMs;
    ranges.set(key, { symbol, timeframe, fromMs, toMs: closeTimeMs + 1 });
  }
  return [...ranges.values()];
}
