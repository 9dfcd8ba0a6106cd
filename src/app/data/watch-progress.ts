import { systemClock } from "../../adapters/system-clock.ts";
import { formatTime, secondMs } from "../../base/time.ts";
import type { FeedEvent } from "../../data/live/feed-event.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarRange, LiveBar, StreamState } from "../../ports/bar-source.ts";

/** What is known of a symbol that is watched. */
export type WatchedSymbol = {
  readonly symbol: string;
  last: LiveBar | null;
  bars: number;
  revisions: number;
  /** In a word or two. */
  state: string;
};

/** What to watch and who hears of it. */
export type WatchRequest = {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** Ends after so many bars. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly onBar: (bar: LiveBar, all: readonly WatchedSymbol[]) => void;
  readonly onState: (text: string, kind: string, atMs: number, all: readonly WatchedSymbol[]) => void;
  readonly onTick: (all: readonly WatchedSymbol[]) => void;
  readonly onEnd: () => void;
};

/** What was seen so far, told to whoever watches. */
export class Watch {
  readonly all: readonly WatchedSymbol[];
  /** Bars of the stream. */
  count = 0;
  private readonly request: WatchRequest;

  constructor(request: WatchRequest) {
    this.request = request;
    this.all = request.symbols.map((symbol) => ({
      symbol,
      last: null,
      bars: 0,
      revisions: 0,
      state: "connecting",
    }));
  }

  take(bar: LiveBar, isRevision: boolean): void {
    const watched = this.all.find(({ symbol }) => symbol === bar.symbol)!;
    if (isRevision) {
      watched.revisions += 1;
      return;
    }
    if (this.count >= this.request.limit) return;
    this.count += 1;
    Object.assign(watched, { last: bar, bars: watched.bars + 1, state: "live" });
    this.request.onBar(bar, this.all);
  }

  heed(event: FeedEvent): void {
    if (event.kind === "stream") note(this.all, event.state);
    const text = event.kind === "stream" ? stateText(event.state) : eventText(event);
    const { kind, atMs } =
      event.kind === "stream" ? event.state : { kind: event.kind, atMs: systemClock.nowMs() };
    if (text !== null) this.request.onState(text, kind, atMs, this.all);
  }
}

/** What became of bars that the stream missed, in words; null for what only matters to a session. */
function eventText(event: Exclude<FeedEvent, { kind: "stream" }>): string | null {
  switch (event.kind) {
    case "hole":
      return `missing: ${rangesText([event])}; asked for until it has come`;
    case "backfilled":
      return event.bars === 0 ? null : `fetched ${event.bars} bars: ${rangesText([event])}`;
    case "holeStays":
      return `still missing: ${rangesText([event])} (${reasonText(event.error)}); asked for again`;
    case "quarantined":
      return event.entries.map(({ fault, count }) => `${count} rows were not used: ${fault}`).join(", ");
    default:
      return null;
  }
}

function reasonText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Notes what a state means for each symbol. */
function note(all: readonly WatchedSymbol[], state: StreamState): void {
  if (state.kind === "heartbeat" || state.kind === "quarantined") return;
  if (state.kind === "overdue") {
    const late = all.find(({ symbol }) => symbol === state.symbol);
    if (late !== undefined) late.state = "overdue";
    return;
  }
  const word = state.kind === "gap" || state.kind === "overflow" ? "live" : state.kind;
  for (const one of all) one.state = word;
}

/** A change of the stream in words; null for what happens all the time. */
function stateText(state: StreamState): string | null {
  switch (state.kind) {
    case "heartbeat":
      return null;
    case "connecting":
      return state.attempt <= 1 ? "connecting" : `connecting, attempt ${state.attempt}`;
    case "live":
      return state.backfill.length === 0 ? "live" : `live; missed meanwhile: ${rangesText(state.backfill)}`;
    case "gap":
      return `bars are missing: ${rangesText(state.backfill)}`;
    case "overflow":
      return `${state.dropped} bars were dropped: ${rangesText(state.backfill)}`;
    case "reconnecting":
      return `connection lost (${state.reason}); again in ${Math.ceil(state.delayMs / secondMs)} s`;
    case "overdue":
      return `${state.symbol} is overdue`;
    case "quarantined":
      return `a row was not used (${state.fault}): ${state.example}`;
    case "refused":
      return `refused: ${state.error.message}`;
    case "closed":
      return "closed";
  }
}

function rangesText(ranges: readonly Pick<BarRange, "symbol" | "fromMs" | "toMs">[]): string {
  return ranges
    .map(
      ({ symbol, fromMs, toMs }) =>
        `${symbol} ${formatTime(fromMs)} .. ${toMs === Infinity ? "now" : formatTime(toMs - 1)}`,
    )
    .join(", ");
}
