import { assert } from "../../base/assert.ts";
import { mapConcurrently } from "../../base/map-concurrently.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { BarSource } from "../../ports/bar-source.ts";
import type { BarStore, MayJoin, VersionedBars } from "../../ports/bar-store.ts";
import type { Clock } from "../../ports/clock.ts";
import { timeRangeMax, type FetchedRanges, type TimeRange } from "../../ports/fetched-ranges.ts";
import { fetchRange } from "./fetch-range.ts";
import { FetchTally, type FetchReport } from "./fetch-report.ts";
import { noneHeld } from "./pipeline-errors.ts";
import { settledMs } from "./proven-range.ts";
import { rangesWithout, spanOf } from "./time-ranges.ts";

/** What a pipeline works with. */
export type PipelineParts = {
  readonly source: BarSource;
  readonly store: BarStore;
  readonly ranges: FetchedRanges;
  readonly clock: Clock;
  /** When a symbol trades; default the calendar of the source. */
  readonly calendarOf?: (symbol: string) => Calendar;
  /** What is known of a symbol's calendar, to be kept with its bars; default the calendar of the source. */
  readonly calendarNameOf?: (symbol: string) => string | undefined;
  /** Whose bars may stand beside those of the source: its own providers, or any. */
  readonly mayJoin?: MayJoin;
  /** Series that `fetchMany` works on at a time; default 4. */
  readonly concurrency?: number;
  /** Bars that are stored together; default 10,000. */
  readonly chunkRows?: number;
};

/** How far a fetch has come: everything counted here is safe on the disk. */
export type FetchProgress = {
  readonly symbol: string;
  /** How much of the span is held, whenever it was fetched. */
  readonly doneMs: number;
  readonly spanMs: number;
  /** Bars received so far. */
  readonly bars: number;
};

/** Bars with `fromMs <= close < toMs` that are to be held afterwards. What has not closed yet is not waited for. */
export type FetchRequest = {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly fromMs: number;
  /** Infinity for everything that has closed. */
  readonly toMs: number;
  /** Asks again for what was fetched before: bars that the provider has changed get a new version. */
  readonly refresh?: boolean;
  /** Fetches as well what is known to be missing outside the range. */
  readonly mends?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
};

export type { FetchReport };

/** How one of many fetches ended. */
export type FetchOutcome =
  | { readonly kind: "fetched"; readonly request: FetchRequest; readonly report: FetchReport }
  | { readonly kind: "failed"; readonly request: FetchRequest; readonly error: unknown };

/** Who can end a fetch, and who hears how it goes. */
export type FetchWatch = Pick<FetchRequest, "signal" | "onProgress">;

const defaultConcurrency = 4;
const defaultChunkRows = 10_000;
/** What is missing for all one knows reaches over all times: only a person can say what to ask for. */
const isFinal = ({ fromMs }: TimeRange): boolean => fromMs > timeRangeMax.fromMs;
const allTimes: TimeRange = { fromMs: -Infinity, toMs: Infinity };

/**
 * Brings bars from a source into a store, each range once. A kill at any moment leaves a state from which the same call
 * goes on: at most the last chunk is fetched again, and storing it twice changes nothing.
 */
export class DataPipeline {
  private readonly parts: PipelineParts;
  private readonly calendarOf: (symbol: string) => Calendar;
  /** The last work that queues for each series: two calls for one range must not both fetch it. */
  private readonly queues = new Map<string, Promise<unknown>>();

  constructor(parts: PipelineParts) {
    this.parts = parts;
    this.calendarOf = parts.calendarOf ?? (() => calendarNamed(parts.source.capabilities.calendarName));
  }

  /** Fetches what was never fetched. Throws what source and store throw; what came before is kept and remembered. */
  async fetchAndStore(request: FetchRequest): Promise<FetchReport> {
    const key = `${request.timeframe} ${request.symbol}`;
    const before = this.queues.get(key);
    const mine = (async () => {
      await before?.catch(() => {});
      return this.fetchMissing(request);
    })();
    this.queues.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.queues.get(key) === mine) this.queues.delete(key);
    }
  }

  /** Fetches many series, a few at a time, and returns how each ended, in the order of the requests. Never throws. */
  async fetchMany(
    requests: readonly FetchRequest[],
    onEach?: (outcome: FetchOutcome) => void,
  ): Promise<readonly FetchOutcome[]> {
    const width = this.parts.concurrency ?? defaultConcurrency;
    return mapConcurrently(requests, width, async (request) => {
      const outcome = await this.outcomeOf(request);
      onEach?.(outcome);
      return outcome;
    });
  }

  /** Fetches what has closed since the newest bar held. Throws `BARS_NONE_HELD` without any. */
  async updateLatest(symbol: string, timeframe: Timeframe, watch: FetchWatch = {}): Promise<FetchReport> {
    const lastMs = await this.parts.store.lastCloseMs(symbol, timeframe);
    if (lastMs === null) throw noneHeld(symbol, timeframe);
    return this.fetchAndStore({ symbol, timeframe, fromMs: lastMs + 1, toMs: Infinity, ...watch });
  }

  /** The bars of a range, fetched first where they never were. */
  async getBars(symbol: string, timeframe: Timeframe, fromMs: number, toMs: number): Promise<VersionedBars> {
    await this.fetchAndStore({ symbol, timeframe, fromMs, toMs });
    return this.parts.store.read(symbol, timeframe, fromMs, toMs);
  }

  private async outcomeOf(request: FetchRequest): Promise<FetchOutcome> {
    try {
      return { kind: "fetched", request, report: await this.fetchAndStore(request) };
    } catch (error) {
      return { kind: "failed", request, error };
    }
  }

  private async fetchMissing(request: FetchRequest): Promise<FetchReport> {
    const { symbol, timeframe, signal, fromMs } = request;
    assert(Number.isFinite(fromMs), "a fetch begins at some time");
    signal?.throwIfAborted();
    const tally = new FetchTally();
    // A bar is known at its close: what closes later than now does not exist.
    const whole = { fromMs, toMs: Math.min(request.toMs, Math.floor(this.parts.clock.nowMs()) + 1) };
    const missing = await this.missingIn(request, whole);
    const spanMs = spanOf([whole, ...missing]);
    let leftMs = spanOf(missing);
    const say = (): void =>
      request.onProgress?.({ symbol, doneMs: spanMs - leftMs, spanMs, bars: tally.bars });
    say();
    for (const range of missing) {
      const laterMs = leftMs - spanOf([range]);
      const onSafe = (beforeMs: number): void => {
        leftMs = laterMs + Math.max(0, range.toMs - beforeMs);
        say();
      };
      const { chunkRows = defaultChunkRows, mayJoin, calendarNameOf, source } = this.parts;
      const calendarName = calendarNameOf?.(symbol) ?? source.capabilities.calendarName;
      const about = { symbol, timeframe, calendar: this.calendarOf(symbol), calendarName, mayJoin };
      await fetchRange({ ...this.parts, ...about, chunkRows, signal, tally, onSafe }, range);
    }
    return tally.report(symbol, timeframe);
  }

  /** What is to be asked for: never fetched or lost since, and not still to come. */
  private async missingIn(request: FetchRequest, whole: TimeRange): Promise<readonly TimeRange[]> {
    const { symbol, timeframe } = request;
    const { ranges, store, source, clock } = this.parts;
    // Without bars the memory is that of another store, which is gone.
    const isHeld = (await store.lastCloseMs(symbol, timeframe)) !== null;
    if (!isHeld) await ranges.forget(source.name, symbol, timeframe, allTimes);
    else if (request.refresh === true) await ranges.forget(source.name, symbol, timeframe, whole);
    const lost = await store.missingOf(symbol, timeframe);
    // How many bars came in them before does not count any more.
    for (const range of lost) await ranges.forget(source.name, symbol, timeframe, range);
    const fetched = await ranges.of(source.name, symbol, timeframe);
    const settledBeforeMs = settledMs(clock.nowMs(), timeframe);
    const calendar = this.calendarOf(symbol);
    const wanted = request.mends === true ? [whole, ...lost.filter(isFinal)] : [whole];
    return rangesWithout(wanted, rangesWithout(fetched, lost)).filter(
      ({ fromMs, toMs }) => toMs <= settledBeforeMs || expectsBars(calendar, timeframe, fromMs - 1, toMs),
    );
  }
}
