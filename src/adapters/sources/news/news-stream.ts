import type { KiwiError } from "../../../base/errors.ts";
import { minuteMs } from "../../../base/time.ts";
import { publicMs } from "../../../data/news/known-versions.ts";
import type { StreamState } from "../../../ports/bar-source.ts";
import type { TimeRange } from "../../../ports/fetched-ranges.ts";
import type {
  NewsItem,
  NewsState,
  NewsSubscribeRequest,
  NewsSubscription,
} from "../../../ports/news-source.ts";
import { BoundedDelivery } from "../shared/bounded-delivery.ts";
import type { ResolvedOptions } from "../shared/source-options.ts";
import { StreamConnection } from "../../shared/stream-connection.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import { NewsGate } from "./news-gate.ts";

/** An article is stamped before it is sent: what was missed may have stamps of before the connection broke. */
const overlapMs = 15 * minuteMs;
const backfillRetryMs = minuteMs;
/** How often a live connection is looked after. Silence says nothing here: a symbol may have no news for weeks. */
const watchMs = 20 * minuteMs;

/** What a message of a venue says. */
export type NewsEvent =
  | { readonly kind: "item"; readonly item: NewsItem }
  | { readonly kind: "fault"; readonly reason: string }
  /** The subscription stands. */
  | { readonly kind: "ready" }
  /** The venue will never serve this. */
  | { readonly kind: "refused"; readonly error: KiwiError };

/** What a venue's stream must say about itself. */
export type NewsStreamParts = Pick<ResolvedOptions, "clock" | "prng" | "bufferMax"> & {
  readonly openWire: (events: WireEvents) => Wire;
  readonly interpret: (message: unknown, receivedAtMs: number) => NewsEvent;
  /** Fetches what was missed. */
  readonly fetch: (range: TimeRange, signal: AbortSignal) => AsyncIterable<readonly NewsItem[]>;
};

/** A subscription that reconnects for ever and hands over what it missed, each version of an article once. */
export class NewsStream implements NewsSubscription {
  private readonly request: NewsSubscribeRequest;
  private readonly parts: NewsStreamParts;
  private readonly gate = new NewsGate();
  private readonly delivery: BoundedDelivery<NewsItem>;
  private readonly connection: StreamConnection;
  private readonly closing = new AbortController();
  private readonly lost = new WeakSet<NewsItem>();
  /** Up to when nothing was missed; NaN before the first connection. */
  private heardMs = Number.NaN;
  private missed: TimeRange | null = null;
  private isFetching = false;
  private cancelRetry = (): void => {};

  constructor(request: NewsSubscribeRequest, parts: NewsStreamParts) {
    this.request = request;
    this.parts = parts;
    this.delivery = new BoundedDelivery(parts.bufferMax, request.onItem, {
      onOverflow: (dropped) => this.fetchLater(dropped),
      onFailure: crash,
    });
    this.connection = new StreamConnection({
      clock: parts.clock,
      prng: parts.prng,
      staleAfterMs: watchMs,
      isQuiet: () => true,
      openWire: parts.openWire,
      // The ranges here are of bars; what is missed of news is told in `relay`.
      onLive: () => [],
      onState: (state) => this.relay(state),
      onWatch: () => {},
      onMessage: (message) => this.handle(parts.interpret(message, parts.clock.nowMs())),
    });
    this.connection.open();
  }

  close(): void {
    if (this.closing.signal.aborted) return;
    this.end();
    this.report({ kind: "closed", atMs: this.parts.clock.nowMs() });
  }

  private relay(state: StreamState): void {
    if (state.kind === "connecting" || state.kind === "reconnecting") this.tell(state);
    if (state.kind !== "live") return;
    const { atMs } = state;
    // Nothing is missed before the first connection: the past is the receiver's to fetch.
    if (!Number.isNaN(this.heardMs)) this.owe({ fromMs: this.heardMs - overlapMs, toMs: atMs + 1 });
    this.heardMs = atMs;
    this.tell({ kind: "live", atMs, backfill: this.missed });
    this.startBackfill();
  }

  private handle(event: NewsEvent): void {
    if (this.closing.signal.aborted) return;
    switch (event.kind) {
      case "ready":
        return this.connection.confirm();
      case "fault":
        return this.tell({ kind: "quarantined", atMs: this.parts.clock.nowMs(), example: event.reason });
      case "refused":
        this.end();
        return this.report({ kind: "refused", atMs: this.parts.clock.nowMs(), error: event.error });
      case "item":
        this.heardMs = Math.max(this.heardMs, event.item.receivedAtMs);
        this.accept(event.item);
    }
  }

  private accept(item: NewsItem): boolean {
    if (!this.gate.admit(item)) return false;
    this.delivery.push(item);
    return true;
  }

  private fetchLater(dropped: readonly NewsItem[]): void {
    // Drops are told one by one and again together: what came back in between must not come a third time.
    const lost = dropped.filter((item) => !this.lost.has(item));
    for (const item of lost) {
      this.lost.add(item);
      this.gate.forget(item);
      this.owe({ fromMs: publicMs(item), toMs: publicMs(item) + 1 });
    }
    if (lost.length === 0) return;
    this.tell({ kind: "overflow", atMs: this.parts.clock.nowMs(), dropped: lost.length });
    this.retry();
  }

  private owe({ fromMs, toMs }: TimeRange): void {
    const { missed } = this;
    this.missed =
      missed === null
        ? { fromMs, toMs }
        : { fromMs: Math.min(missed.fromMs, fromMs), toMs: Math.max(missed.toMs, toMs) };
  }

  private retry(): void {
    this.cancelRetry();
    if (this.closing.signal.aborted) return;
    this.cancelRetry = this.parts.clock.schedule(backfillRetryMs, () => this.startBackfill());
  }

  private startBackfill(): void {
    const range = this.missed;
    if (range === null || this.isFetching || this.closing.signal.aborted) return;
    this.isFetching = true;
    this.missed = null;
    void this.backfill(range).finally(() => {
      this.isFetching = false;
      if (this.missed !== null) this.retry();
    });
  }

  private async backfill(range: TimeRange): Promise<void> {
    const { clock, fetch } = this.parts;
    let items = 0;
    try {
      for await (const page of fetch(range, this.closing.signal))
        for (const item of page) if (this.accept(item)) items += 1;
      this.tell({ kind: "backfilled", atMs: clock.nowMs(), range, items });
    } catch (error) {
      this.owe(range);
      const reason = error instanceof Error ? error : new Error(String(error));
      this.tell({ kind: "backfillFailed", atMs: clock.nowMs(), range, error: reason });
    }
  }

  private tell(state: NewsState): void {
    if (!this.closing.signal.aborted) this.report(state);
  }

  private report(state: NewsState): void {
    try {
      this.request.onState(state);
    } catch (error) {
      crash(error);
    }
  }

  private end(): void {
    this.closing.abort(new Error("the subscription was closed"));
    this.cancelRetry();
    this.delivery.close();
    this.connection.close();
  }
}

/** Venue clients swallow what a listener throws: a receiver's bug must end the program, not vanish in a socket. */
function crash(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
