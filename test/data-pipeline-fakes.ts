import { expect } from "vitest";
import { addCounted, withoutCounted } from "../src/data/pipeline/counted-ranges.ts";
import { joinRanges, rangesWithout } from "../src/data/pipeline/time-ranges.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import type { Bars } from "../src/domain/bars.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import type { BarRequest, BarSource, RowQuarantine } from "../src/ports/bar-source.ts";
import type {
  AppendResult,
  BarsToStore,
  BarStore,
  HeldBars,
  MissingBars,
  Provenance,
  ReadOptions,
  VersionedBars,
} from "../src/ports/bar-store.ts";
import type { Clock } from "../src/ports/clock.ts";
import type {
  BarsCame,
  FetchedRange,
  FetchedRanges,
  FetchedSeries,
  TimeRange,
} from "../src/ports/fetched-ranges.ts";
import { BarStoreModel, type ModelRow } from "./bar-store-model.ts";

/** Called before and after everything that a process can die at; throws to let it die there. */
export type Chaos = (where: string) => void;
const calm: Chaos = () => {};

/** A bar store in memory, with the naive model as its contents. */
export class MemoryBarStore implements BarStore {
  chaos: Chaos = calm;
  appends = 0;
  private readonly series = new Map<string, BarStoreModel>();
  private readonly lost = new Map<string, readonly TimeRange[]>();

  async append(
    symbol: string,
    timeframe: Timeframe,
    bars: BarsToStore,
    provenance: Provenance,
  ): Promise<AppendResult> {
    this.chaos("before append");
    this.appends += 1;
    const key = `${timeframe} ${symbol}`;
    const model = this.series.get(key) ?? new BarStoreModel();
    this.series.set(key, model);
    const result = model.append(bars, provenance);
    this.chaos("after append");
    return result;
  }

  async read(
    symbol: string,
    timeframe: Timeframe,
    fromMs: number,
    toMs: number,
    { asOfMs }: ReadOptions = {},
  ): Promise<VersionedBars> {
    return versioned(symbol, timeframe, this.rows(symbol, timeframe, fromMs, toMs, asOfMs));
  }

  /** The same as `read`, as rows. */
  rows(symbol: string, timeframe: Timeframe, fromMs = -Infinity, toMs = Infinity, asOfMs = Infinity) {
    return this.series.get(`${timeframe} ${symbol}`)?.read(fromMs, toMs, asOfMs) ?? [];
  }

  async list(): Promise<readonly HeldBars[]> {
    return [...this.series].map(([key, model]) => {
      const [timeframe, symbol] = key.split(" ") as [Timeframe, string];
      const closes = model.closes();
      const { versions } = model;
      const range = { fromMs: closes[0]!, toMs: closes.at(-1)! };
      return { symbol, timeframe, bars: closes.length, versions, ...range, sources: [], calendarName: null };
    });
  }

  async lastCloseMs(symbol: string, timeframe: Timeframe): Promise<number | null> {
    return this.rows(symbol, timeframe).at(-1)?.closeMs ?? null;
  }

  async missing(): Promise<readonly MissingBars[]> {
    return [...this.lost].flatMap(([key, ranges]) => {
      const [timeframe, symbol] = key.split(" ") as [Timeframe, string];
      return ranges.map((range) => ({ symbol, timeframe, ...range }));
    });
  }

  async missingOf(symbol: string, timeframe: Timeframe): Promise<readonly TimeRange[]> {
    return this.lost.get(`${timeframe} ${symbol}`) ?? [];
  }

  async noteMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    const key = `${timeframe} ${symbol}`;
    this.chaos("before note");
    this.lost.set(key, joinRanges([...(this.lost.get(key) ?? []), range]));
    this.chaos("after note");
  }

  async settleMissing(symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    const key = `${timeframe} ${symbol}`;
    this.chaos("before settle");
    this.lost.set(key, rangesWithout(this.lost.get(key) ?? [], [range]));
    this.chaos("after settle");
  }

  async compact(): Promise<void> {}
  async close(): Promise<void> {}
}

function versioned(symbol: string, timeframe: Timeframe, rows: readonly ModelRow[]): VersionedBars {
  const sources = [...new Set(rows.map(({ source }) => source))];
  const price = (at: number): Float64Array => Float64Array.from(rows, ({ prices }) => prices[at]!);
  return {
    symbol,
    timeframe,
    length: rows.length,
    closeTimeMs: Float64Array.from(rows, ({ closeMs }) => closeMs),
    open: price(0),
    high: price(1),
    low: price(2),
    close: price(3),
    volume: price(4),
    sources,
    sourceIndex: Uint8Array.from(rows, ({ source }) => sources.indexOf(source)),
    receivedAtMs: Float64Array.from(rows, ({ receivedAtMs }) => receivedAtMs),
    version: Int32Array.from(rows, ({ version }) => version),
    quality: Uint8Array.from(rows, ({ quality }) => quality),
  };
}

/** Fetched ranges in memory. */
export class MemoryRanges implements FetchedRanges {
  chaos: Chaos = calm;
  private readonly held = new Map<string, readonly FetchedRange[]>();

  async of(...key: [source: string, symbol: string, timeframe: Timeframe]): Promise<readonly FetchedRange[]> {
    return this.now(...key);
  }

  async all(): Promise<readonly FetchedSeries[]> {
    const series = [...this.held].filter(([, ranges]) => ranges.length > 0);
    return series.map(([key, ranges]) => {
      const [source, symbol, timeframe] = JSON.parse(key) as [string, string, Timeframe];
      return { source, symbol, timeframe, ranges };
    });
  }

  /** The same as `of`, at once. */
  now(...key: [source: string, symbol: string, timeframe: Timeframe]): readonly FetchedRange[] {
    return this.held.get(JSON.stringify(key)) ?? [];
  }

  async add(source: string, symbol: string, timeframe: Timeframe, range: TimeRange, came: BarsCame) {
    this.chaos("before add");
    const ranges = addCounted(this.now(source, symbol, timeframe), range, came);
    this.held.set(JSON.stringify([source, symbol, timeframe]), ranges);
    this.chaos("after add");
  }

  async forget(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void> {
    const ranges = withoutCounted(this.now(source, symbol, timeframe), range);
    this.held.set(JSON.stringify([source, symbol, timeframe]), ranges);
  }
}

/** Open, high, low, close and volume of a bar. */
export type FakePrices = readonly [open: number, high: number, low: number, close: number, volume: number];

/** A venue whose bars a test holds in its hand: close time to prices. */
export class FakeVenue {
  readonly bars = new Map<number, FakePrices>();
  readonly asked: TimeRange[] = [];
  /** How often each bar was delivered. */
  readonly deliveries = new Map<number, number>();
  chaos: Chaos = calm;
  /** Throws what it wants to fail with. */
  refuse: (request: BarRequest) => void = () => {};
  quarantined: readonly RowQuarantine[] = [];
  /** Fetches under way, and the most there were. */
  running = 0;
  runningMax = 0;
  readonly source: BarSource;
  private readonly clock: Clock;
  private readonly pageRows: number;

  constructor(name: string, clock: Clock, pageRows = 100) {
    this.clock = clock;
    this.pageRows = pageRows;
    const notHere = (): never => expect.unreachable("only history is asked for");
    this.source = {
      name,
      capabilities: {
        timeframes: ["1h"],
        streamTimeframes: [],
        pageRowsMax: pageRows,
        pageOrder: "oldest-first",
        hasVolume: true,
        needsCredentials: false,
        calendarName: "24/7",
      },
      fetchBars: (request) => this.fetch(request),
      latest: notHere,
      subscribe: notHere,
      symbols: notHere,
      close: async () => {},
    };
  }

  /** The bars of a range that have closed by now, as a store would hold them. */
  closesIn(fromMs: number, toMs: number): number[] {
    const nowMs = this.clock.nowMs();
    const isIn = (closeMs: number): boolean => closeMs >= fromMs && closeMs < toMs && closeMs <= nowMs;
    return [...this.bars.keys()].filter(isIn).sort((a, b) => a - b);
  }

  private async *fetch(request: BarRequest): AsyncGenerator<Bars> {
    this.asked.push({ fromMs: request.fromMs, toMs: request.toMs });
    this.refuse(request);
    this.running += 1;
    this.runningMax = Math.max(this.runningMax, this.running);
    try {
      const closes = this.closesIn(request.fromMs, request.toMs);
      for (let from = 0; from < closes.length; from += this.pageRows) {
        await new Promise((resolve) => setImmediate(resolve));
        request.signal?.throwIfAborted();
        this.chaos("before page");
        yield this.page(request, closes.slice(from, from + this.pageRows));
      }
      this.chaos("after the last page");
    } finally {
      this.running -= 1;
      if (this.quarantined.length > 0) request.onQuarantine?.(this.quarantined);
    }
  }

  private page({ symbol, timeframe }: BarRequest, closes: readonly number[]): Bars {
    const page = new BarTable(symbol, timeframe);
    for (const closeMs of closes) {
      page.append(closeMs, ...this.bars.get(closeMs)!);
      this.deliveries.set(closeMs, (this.deliveries.get(closeMs) ?? 0) + 1);
    }
    return page;
  }
}

/** Prices that tell their hour. */
export function pricesAt(closeMs: number, edition = 0): FakePrices {
  const close = 100 + ((closeMs / 3_600_000) % 97) / 4 + edition;
  return [close - 0.25, close + 0.5, close - 0.5, close, 3 + edition];
}
