import { KiwiError } from "../../../base/errors.ts";
import { formatDuration, secondMs } from "../../../base/time.ts";
import type { Calendar } from "../../../domain/calendar/calendar.ts";
import { sleep } from "../../../ports/clock.ts";
import type { CloseOf } from "../shared/bar-grid.ts";
import { requestRefused } from "../shared/source-errors.ts";
import type { StreamEvent, StreamTopic } from "../shared/stream-events.ts";
import type { Wire, WireEvents } from "../../shared/wire.ts";
import type { VenueRow } from "../shared/row-quarantine.ts";
import { serverZoneWrong } from "./terminal-errors.ts";
import { frameOf, periodStart, terminalCloses } from "./terminal-frames.ts";
import type { HistoryOptions, TerminalHistory } from "./terminal-history.ts";
import { barDataSchema, toRow, type TerminalMessage } from "./terminal-messages.ts";
import type { Heard } from "./terminal.ts";

const barDataFile = "DWX_Bar_Data.txt";
/** A bar is announced with the first tick after it; one that is not announced by then is fetched. */
const announceMsMax = 5 * secondMs;
const heartbeatEveryMs = 2 * secondMs;

export type WireOptions = HistoryOptions & {
  readonly history: TerminalHistory;
  readonly calendar: Calendar;
  readonly pollMs: number;
  readonly settleMs: number;
  readonly staleAfterMs: number;
  /** What all open wires want: a subscription replaces the one before. */
  readonly wanted: Set<readonly StreamTopic[]>;
};

type TopicState = {
  readonly topic: StreamTopic;
  readonly closeOf: CloseOf;
  last: VenueRow | null;
  /** When the bar under way closes. */
  dueMs: number;
};

/** Follows the bar data of a terminal until it is closed or the terminal is lost. */
export function openTerminalWire(
  options: WireOptions,
  topics: readonly StreamTopic[],
  events: WireEvents,
): Wire {
  const wire = new TerminalWire(options, topics, events);
  void wire.run();
  return { close: () => wire.close() };
}

class TerminalWire {
  private readonly options: WireOptions;
  private readonly topics: readonly StreamTopic[];
  private readonly events: WireEvents;
  private readonly states: readonly TopicState[];
  private readonly closing = new AbortController();
  private barData: string | null = null;
  private started: string | null = null;
  private heartbeatAtMs = Number.NEGATIVE_INFINITY;
  private pulse: number | null = null;
  private pulseAtMs: number;

  constructor(options: WireOptions, topics: readonly StreamTopic[], events: WireEvents) {
    this.options = options;
    this.topics = topics;
    this.events = events;
    this.pulseAtMs = options.clock.nowMs();
    this.states = topics.map((topic) => ({
      topic,
      closeOf: terminalCloses(topic.timeframe, options.server, options.calendar),
      last: null,
      dueMs: 0,
    }));
    for (const state of this.states) state.dueMs = this.nextDueMs(state);
    options.wanted.add(topics);
  }

  async run(): Promise<void> {
    const { clock, pollMs } = this.options;
    const { signal } = this.closing;
    try {
      await this.subscribe();
      this.emit({ kind: "ready" });
      for (;;) {
        const lost = (await this.checkTerminal()) ?? (await this.readBarData());
        if (lost !== null) return this.lose(lost);
        for (const state of this.states) await this.fetchOverdue(state);
        await sleep(clock, pollMs, signal);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  close(): void {
    this.options.wanted.delete(this.topics);
    this.closing.abort(new Error("the wire was closed"));
  }

  private async subscribe(): Promise<void> {
    const { terminal, wanted } = this.options;
    const all = new Set([...wanted].flat().map(({ symbol, timeframe }) => `${symbol},${frameOf(timeframe)}`));
    const content = [...all].join(",");
    await terminal.ask<null>(
      {
        what: `the subscription to ${content}`,
        command: "SUBSCRIBE_SYMBOLS_BAR_DATA",
        content,
        answerFile: null,
        read: () => null,
        hear: (message) => this.hear(message, content),
      },
      this.closing.signal,
    );
  }

  private hear(message: TerminalMessage, content: string): Heard<null> | null {
    if (message.message === `Successfully subscribed to bar data: ${content}`) {
      return { kind: "answer", value: null };
    }
    const said = message.description ?? "";
    if (message.error_type === "BAR_DATA_WRONG_FORMAT") {
      return { kind: "refuse", error: requestRefused("MetaTrader", "the subscription", said) };
    }
    if (message.error_type !== "SUBSCRIBE_BAR_DATA") return null;
    const wrong = this.topics.find(({ symbol }) => said.includes(`'${symbol}'`));
    // The others are subscribed all the same; a symbol that another wire asked for is its concern.
    if (wrong === undefined) return { kind: "answer", value: null };
    return { kind: "refuse", error: () => this.options.unknownSymbol(wrong.symbol) };
  }

  /** Why the terminal is lost, or null. */
  private async checkTerminal(): Promise<string | null> {
    const { terminal, clock, staleAfterMs } = this.options;
    const nowMs = clock.nowMs();
    if (nowMs - this.heartbeatAtMs < heartbeatEveryMs) return null;
    this.heartbeatAtMs = nowMs;
    const heartbeat = await terminal.heartbeat(this.closing.signal);
    if (heartbeat !== null) {
      this.started ??= heartbeat.started;
      if (heartbeat.started !== this.started) return "the terminal was started anew";
    }
    const pulse = await terminal.pulse();
    // Without a pulse from the beginning there is nothing to miss.
    if (pulse !== this.pulse ? pulse !== null : this.pulse === null) this.pulseAtMs = nowMs;
    this.pulse = pulse ?? this.pulse;
    const silentMs = nowMs - this.pulseAtMs;
    return silentMs < staleAfterMs ? null : `the terminal wrote nothing for ${formatDuration(silentMs)}`;
  }

  /** Why the terminal is lost, or null. */
  private async readBarData(): Promise<string | null> {
    const look = await this.options.terminal.look(barDataFile);
    if (look.kind === "absent") {
      return this.barData === null ? null : "the terminal was started anew: its bar data is gone";
    }
    if (look.kind === "busy" || look.text === this.barData) return null;
    const parsed = barDataSchema.safeParse(look.value);
    this.barData = look.text;
    if (!parsed.success) {
      this.emit({ kind: "unreadable", reason: "bar data of another shape" });
      return null;
    }
    for (const state of this.states) {
      const { symbol, timeframe } = state.topic;
      const bar = parsed.data[`${symbol}_${frameOf(timeframe)}`];
      if (bar !== undefined) await this.take(state, toRow(bar.time, bar, this.options.server));
    }
    return null;
  }

  private async take(state: TopicState, row: VenueRow): Promise<void> {
    const { clock, clockSkewMsMax, server } = this.options;
    if (Number.isNaN(row.openMs)) {
      return this.emit({ kind: "unreadable", reason: "a bar without a time" });
    }
    const aheadMs = row.openMs - clock.nowMs();
    if (aheadMs > clockSkewMsMax) {
      throw serverZoneWrong(server.name, `a bar would begin ${formatDuration(aheadMs)} from now`, null);
    }
    const { last } = state;
    if (last !== null && JSON.stringify(last) === JSON.stringify(row)) return;
    // The file holds the newest bar only: what was overwritten before we looked is fetched.
    const isHole = last !== null && row.openMs > (state.closeOf(last.openMs) ?? row.openMs);
    if (isHole) await this.fetchSince(state, last.openMs, row.openMs - 1);
    this.emitBar(state, row);
  }

  private async fetchOverdue(state: TopicState): Promise<void> {
    const { clock, calendar, settleMs } = this.options;
    const { dueMs, last, topic } = state;
    const nowMs = clock.nowMs();
    if (nowMs < dueMs + settleMs + announceMsMax) return;
    state.dueMs = this.nextDueMs(state);
    const hasCome = last !== null && (state.closeOf(last.openMs) ?? 0) >= dueMs;
    if (hasCome || !calendar.isOpen(dueMs - 1)) return;
    const fromMs = last?.openMs ?? periodStart(topic.timeframe, this.options.server, dueMs - 1);
    await this.fetchSince(state, fromMs, nowMs);
  }

  private async fetchSince(state: TopicState, fromMs: number, toMs: number): Promise<void> {
    const { history, clock, settleMs } = this.options;
    const { symbol, timeframe } = state.topic;
    const closedMs = clock.nowMs() - settleMs;
    const answer = await history.ask(symbol, timeframe, fromMs, toMs, this.closing.signal);
    if (answer.kind === "none") return;
    for (const row of answer.rows) {
      const closeMs = state.closeOf(row.openMs);
      if (closeMs === null || closeMs > closedMs) continue;
      if (state.last === null || row.openMs > state.last.openMs) this.emitBar(state, row);
    }
  }

  private emitBar(state: TopicState, row: VenueRow): void {
    if (state.last === null || row.openMs >= state.last.openMs) state.last = row;
    this.emit({ kind: "bar", ...state.topic, row, isClosed: true });
  }

  private nextDueMs({ topic: { timeframe }, closeOf }: TopicState): number {
    const nowMs = this.options.clock.nowMs();
    return closeOf(periodStart(timeframe, this.options.server, nowMs)) ?? nowMs;
  }

  private emit(event: StreamEvent): void {
    if (!this.closing.signal.aborted) this.events.message(event);
  }

  private lose(reason: string): void {
    if (!this.closing.signal.aborted) this.events.lost(reason);
  }

  private fail(error: unknown): void {
    if (this.closing.signal.aborted) return;
    if (!(error instanceof KiwiError)) {
      queueMicrotask(() => {
        throw error;
      });
      return;
    }
    const passes = error.parts.exit === "network" || error.parts.exit === "safety";
    if (passes) this.lose(error.parts.message);
    else this.emit({ kind: "refused", error });
  }
}
