import { symbolUnknown } from "../../adapters/sources/shared/source-errors.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { formatTime, secondMs } from "../../base/time.ts";
import { DataPipeline } from "../../data/pipeline/data-pipeline.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarRange, LiveBar, StreamState } from "../../ports/bar-source.ts";
import { describeAll, type HeldParts } from "./held-series.ts";
import type { DataFolder } from "./open-data.ts";
import { promptSource } from "./prompt-source.ts";
import type { OpenSources } from "./open-sources.ts";

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

/** Where bars are kept that arrive. */
export type Keeping = { readonly data: DataFolder; readonly held: HeldParts };

/**
 * Watches bars until the signal or the limit ends it. Throws `SYMBOL_UNKNOWN`, what the source throws, and when it
 * refuses for good.
 */
export async function watchBars(
  request: WatchRequest,
  { source }: OpenSources,
  keeping: Keeping | null,
): Promise<void> {
  const { symbols, timeframe, signal, limit } = request;
  const all = symbols.map((symbol): WatchedSymbol => ({
    symbol,
    last: null,
    bars: 0,
    revisions: 0,
    state: "connecting",
  }));
  const of = (symbol: string): WatchedSymbol | undefined => all.find((one) => one.symbol === symbol);
  const keeper = keeping === null ? null : new Keeper(source, keeping, timeframe);
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    const ticking = setInterval(() => request.onTick(all), secondMs);
    const end = (error?: Error): void => {
      clearInterval(ticking);
      subscription?.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    const subscription = signal.aborted
      ? null
      : source.subscribe({
          symbols,
          timeframes: [timeframe],
          async onBar(bar) {
            const watched = of(bar.symbol);
            if (watched !== undefined)
              Object.assign(watched, { last: bar, bars: watched.bars + 1, state: "live" });
            request.onBar(bar, all);
            await keeper?.keep(bar).catch(end);
            count += 1;
            if (count >= limit) end();
          },
          onRevision(bar) {
            const watched = of(bar.symbol);
            if (watched !== undefined) watched.revisions += 1;
            void keeper?.keep(bar).catch(end);
          },
          onState(state) {
            note(all, state);
            const text = stateText(state);
            if (text !== null) request.onState(text, state.kind, state.atMs, all);
            if (state.kind === "refused") end(state.error);
            if ("backfill" in state) void keeper?.fetch(state.backfill, signal).catch(end);
          },
        });
    // Beside the stream: where the list cannot be had at once, bars may come all the same.
    if (!signal.aborted) refuseUnknown(source, symbols).catch(end);
    signal.addEventListener("abort", () => end(), { once: true });
    if (signal.aborted) end();
  }).finally(async () => {
    request.onEnd();
    await keeper?.settle(symbols);
  });
}

/** Some venues confirm a subscription to a symbol that they do not have, and then stay silent for ever. */
async function refuseUnknown(source: OpenSources["source"], symbols: readonly string[]): Promise<void> {
  // A list that cannot be had is no reason not to listen.
  const listed = await source.symbols().catch(() => []);
  const known = listed.map(({ symbol }) => symbol);
  const unknown = symbols.find((symbol) => !known.includes(symbol));
  if (known.length > 0 && unknown !== undefined) throw symbolUnknown(source.name, unknown, known);
}

/** Puts what arrives into a data folder, one piece after the other. */
class Keeper {
  private readonly source: OpenSources["source"];
  private readonly keeping: Keeping;
  private readonly timeframe: Timeframe;
  private readonly pipeline: DataPipeline;
  private last: Promise<unknown> = Promise.resolve();

  constructor(source: OpenSources["source"], keeping: Keeping, timeframe: Timeframe) {
    const { store, ranges } = keeping.data;
    this.source = source;
    this.keeping = keeping;
    this.timeframe = timeframe;
    this.pipeline = new DataPipeline({ source: promptSource(source), store, ranges, clock: systemClock });
  }

  /** Stores one bar. */
  async keep(bar: LiveBar): Promise<void> {
    const provenance = { source: bar.provider ?? this.source.name, receivedAtMs: systemClock.nowMs() };
    const work = this.last.then(() =>
      this.keeping.data.store.append(bar.symbol, bar.timeframe, oneBar(bar), provenance),
    );
    this.last = work.catch(() => {});
    await work;
  }

  /** Fetches what was missed. */
  async fetch(ranges: readonly BarRange[], signal: AbortSignal): Promise<void> {
    const outcomes = await this.pipeline.fetchMany(ranges.map((range) => ({ ...range, signal })));
    const failed = outcomes.find((outcome) => outcome.kind === "failed");
    if (failed !== undefined && !signal.aborted) throw failed.error;
  }

  /** Waits for what is under way and brings the catalogue up to date. */
  async settle(symbols: readonly string[]): Promise<void> {
    await this.last;
    await describeAll(
      this.keeping.held,
      symbols.map((symbol) => ({ symbol, timeframe: this.timeframe })),
    );
  }
}

function oneBar(bar: LiveBar): Bars {
  const column = (value: number): Float64Array => Float64Array.of(value);
  return barsOf(bar.symbol, bar.timeframe, {
    closeTimeMs: column(bar.closeTimeMs),
    open: column(bar.open),
    high: column(bar.high),
    low: column(bar.low),
    close: column(bar.close),
    volume: column(bar.volume),
  });
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

function rangesText(ranges: readonly BarRange[]): string {
  return ranges
    .map(({ symbol, fromMs, toMs }) => `${symbol} ${formatTime(fromMs)} .. ${formatTime(toMs)}`)
    .join(", ");
}
