import { assert } from "../../base/assert.ts";
import { mapConcurrently } from "../../base/map-concurrently.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { BarRange, LiveBar, StreamState, Subscription } from "../../ports/bar-source.ts";
import { historicalFeed } from "../historical-feed.ts";
import { Backfill } from "./backfill.ts";
import { Distrust } from "./distrust.ts";
import { Doze } from "./doze.ts";
import type { FeedEvent } from "./feed-event.ts";
import type { FetchParts } from "./fetch-range.ts";
import { CatchUpBatch, TakenBatch, type LiveBatch } from "./live-batch.ts";
import { liveBars } from "./live-bars.ts";
import type { LiveFeed, LiveFeedCounts, LiveFeedParts } from "./live-feed-parts.ts";
import { loadHistory } from "./load-history.ts";
import { SliceAssembler } from "./slice-assembler.ts";
import { StoreWriter } from "./store-writer.ts";

const fetchesAtOnce = 8;
/** A venue needs a moment after a close until its history has the bar. */
const settleMsMax = 2_000;

/** Makes a live feed; nothing happens before `start` or `batches`. */
export function liveFeed(parts: LiveFeedParts): LiveFeed {
  return new MergedFeed(parts);
}

class MergedFeed implements LiveFeed {
  readonly bars: readonly BarTable[];
  private readonly parts: LiveFeedParts;
  private readonly calendars: readonly Calendar[];
  private readonly indexOf: ReadonlyMap<string, number>;
  private readonly closing = new AbortController();
  private readonly backfill: Backfill;
  private readonly writer: StoreWriter | null;
  private readonly heartbeatMs: number;
  private readonly freshMs: number;
  private readonly distrust: Distrust;
  private readonly doze: Doze;
  /** Symbols whose first bar of the stream has not shown yet whether it follows the loaded ones. */
  private readonly isUnchecked: Uint8Array;
  /** Bars of the stream that came before the loaded ones were handed over. */
  private early: LiveBar[] = [];
  private assembler: SliceAssembler | null = null;
  private subscription: Subscription | null = null;
  private starting: Promise<void> | null = null;
  private loadedThroughMs = Number.NaN;
  private liveAtMs = -Infinity;
  private refusal: string | null = null;
  private isReading = false;
  private isWoken = false;
  private heartbeats = 0;
  private handedOverMs = -Infinity;

  constructor(parts: LiveFeedParts) {
    const { symbols, timeframe, calendarOf, clock, source, store, graceMs } = parts;
    this.parts = parts;
    this.doze = new Doze(clock);
    this.distrust = new Distrust(parts.warmupBars);
    this.bars = symbols.map((symbol) => new BarTable(symbol, timeframe));
    this.calendars = symbols.map(calendarOf);
    this.indexOf = new Map(symbols.map((symbol, index) => [symbol, index]));
    assert(this.indexOf.size === symbols.length, "every symbol of a feed is named once");
    this.isUnchecked = new Uint8Array(symbols.length).fill(1);
    this.heartbeatMs = parts.heartbeatMs ?? 10_000;
    this.freshMs = parts.freshMs ?? Math.max(graceMs, Math.min(60_000, timeframeMs(timeframe) / 2));
    this.backfill = new Backfill({
      ...this.fetchParts(),
      fetchesAtOnce,
      windowBars: Math.max(1, Math.floor(this.pendingMax / symbols.length)),
      onBars: (symbol, bars) => this.takeFetched(symbol, bars),
      onGivenUp: (symbol) => this.distrust.add(this.bars[this.indexOf.get(symbol)!]!),
      onWindow: () => this.doze.nextSleep(),
    });
    this.writer =
      store === undefined
        ? null
        : new StoreWriter({
            store,
            clock,
            timeframe,
            calendarOf,
            mayJoin: parts.mayJoin,
            sourceName: source.name,
            waitingMax: this.pendingMax,
            waitMsMax: 1_000,
            onEvent: (event) => this.tell(event),
          });
  }

  start(): Promise<void> {
    this.starting ??= this.load();
    return this.starting;
  }

  async *batches(): AsyncGenerator<LiveBatch> {
    assert(!this.isReading, "a live feed is read once");
    this.isReading = true;
    try {
      await this.start();
      for (const batch of historicalFeed(this.bars)) {
        if (this.isClosed) return;
        yield new CatchUpBatch(batch, this.catchUpToMs());
      }
      const assembler = this.begin();
      while (!this.isClosed) {
        const batch = this.takeBatch(assembler);
        if (batch !== null) yield batch;
        else await this.doze.sleepUntil(this.nextDueMs(assembler));
      }
    } finally {
      await this.close();
    }
  }

  wake(): void {
    this.isWoken = true;
    this.doze.stir();
  }

  troubleWith(symbol: string): string | null {
    return this.distrust.reasonFor(symbol) ?? this.refusal;
  }

  counts(): LiveFeedCounts {
    return {
      ...(this.assembler?.counts() ?? { ...nothingAssembled, pending: this.early.length }),
      heartbeats: this.heartbeats,
      stored: this.writer?.stored ?? 0,
      storeFailed: this.writer?.lost ?? 0,
      stream: this.subscription?.counts() ?? null,
    };
  }

  async close(): Promise<void> {
    if (!this.isClosed) {
      this.closing.abort(new Error("the feed was closed"));
      this.subscription?.close();
      this.doze.stir();
    }
    await this.writer?.settle();
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private get pendingMax(): number {
    return this.parts.pendingMax ?? 100_000;
  }

  private get settleMs(): number {
    return Math.min(this.parts.graceMs, settleMsMax);
  }

  private tell(event: FeedEvent): void {
    if (event.kind === "overflow") this.fetchAgain(event.symbol, event.closeTimeMs);
    this.parts.onEvent?.(event);
  }

  /** The stream comes first, so that nothing falls between it and what is loaded. */
  private async load(): Promise<void> {
    const { source, symbols, timeframe, clock, graceMs, history = null, warmupBars } = this.parts;
    this.subscription = source.subscribe({
      symbols,
      timeframes: [timeframe],
      onBar: (bar) => this.receive(bar, false),
      onRevision: (bar) => void this.receive(bar, true),
      onState: (state) => this.heed(state),
    });
    // Younger bars may be known for some symbols and not yet for others.
    const throughMs = clock.nowMs() - graceMs;
    this.loadedThroughMs = throughMs;
    const onFetched = (bars: Bars) => this.store(bars);
    const parts = { ...this.fetchParts(), history, warmupBars, throughMs, onFetched };
    await mapConcurrently(this.bars, fetchesAtOnce, async (table, index) => {
      const isWhole = await loadHistory(parts, table, this.calendars[index]!);
      if (!isWhole && !this.isClosed) this.distrust.add(table);
    });
  }

  /** Everything loaded has been handed over: from here on bars are put together as they come. */
  private begin(): SliceAssembler {
    const { timeframe, graceMs, clock, pendingMaxPerSymbol = 1_000 } = this.parts;
    const assembler = new SliceAssembler({
      tables: this.bars,
      calendars: this.calendars,
      timeframe,
      graceMs,
      releasedThroughMs: this.loadedThroughMs,
      pendingMax: this.pendingMax,
      pendingMaxPerSymbol,
      onEvent: (event) => this.tell(event),
    });
    this.assembler = assembler;
    this.handedOverMs = clock.nowMs();
    const { early } = this;
    this.early = [];
    for (const bar of early) this.accept(assembler, bar);
    this.fetchTails(this.liveAtMs);
    this.backfill.start();
    return assembler;
  }

  private takeBatch(assembler: SliceAssembler): LiveBatch | null {
    const nowMs = this.parts.clock.nowMs();
    const { holdFromMs } = this.backfill;
    const isDue = assembler.dueMs(holdFromMs) <= nowMs;
    if (!isDue && !this.isWoken && nowMs < this.handedOverMs + this.heartbeatMs) return null;
    this.isWoken = false;
    this.handedOverMs = nowMs;
    const { slice } = assembler;
    if (isDue)
      return new TakenBatch(slice, this.catchUpToMs(), () => assembler.next(nowMs, holdFromMs) !== null);
    this.heartbeats += 1;
    let isTaken = false;
    return new TakenBatch(slice, this.catchUpToMs(), () => {
      if (isTaken) return false;
      isTaken = true;
      assembler.quiet(nowMs, holdFromMs);
      return true;
    });
  }

  private nextDueMs(assembler: SliceAssembler): number {
    return Math.min(assembler.dueMs(this.backfill.holdFromMs), this.handedOverMs + this.heartbeatMs);
  }

  private catchUpToMs(): number {
    return this.parts.clock.nowMs() - this.freshMs;
  }

  private receive(bar: LiveBar, isRevision: boolean): void | Promise<void> {
    if (this.isClosed || !this.indexOf.has(bar.symbol) || bar.timeframe !== this.parts.timeframe) return;
    this.parts.onBar?.(bar, isRevision);
    if (this.assembler !== null) this.accept(this.assembler, bar);
    else if (this.early.length < this.pendingMax) this.early.push(bar);
    else this.tell({ kind: "overflow", symbol: bar.symbol, closeTimeMs: bar.closeTimeMs });
    return this.writer?.add(bar);
  }

  private accept(assembler: SliceAssembler, bar: LiveBar): void {
    const index = this.indexOf.get(bar.symbol)!;
    if (this.isUnchecked[index] === 1) this.check(assembler, index, bar);
    assembler.push(index, bar, this.parts.clock.nowMs());
    this.doze.hurry(assembler.dueMs(this.backfill.holdFromMs));
  }

  /** Whatever fell between the loaded bars, or a fetched range, and the first bar of the stream after it is fetched. */
  private check(assembler: SliceAssembler, index: number, { symbol, closeTimeMs }: LiveBar): void {
    this.isUnchecked[index] = 0;
    const lastMs = Math.max(assembler.newestMs(index), this.backfill.throughMs(symbol));
    if (!expectsBars(this.calendars[index]!, this.parts.timeframe, lastMs, closeTimeMs)) return;
    this.backfill.add({ symbol, fromMs: lastMs + 1, toMs: closeTimeMs });
  }

  /** Bars that closed before the stream stood, of symbols that have not shown that they lack none. */
  private fetchTails(liveAtMs: number): void {
    const { assembler } = this;
    if (assembler === null) return;
    for (const [symbol, index] of this.indexOf) {
      const lastMs = assembler.newestMs(index);
      if (this.isUnchecked[index] === 0 || !(lastMs < liveAtMs)) continue;
      if (!expectsBars(this.calendars[index]!, this.parts.timeframe, lastMs, liveAtMs + 1)) continue;
      this.backfill.add({ symbol, fromMs: lastMs + 1, toMs: liveAtMs + 1 }, liveAtMs + this.settleMs);
    }
  }

  private heed(state: StreamState): void {
    if (this.isClosed) return;
    this.tell({ kind: "stream", state });
    if (state.kind === "live") {
      this.liveAtMs = state.atMs;
      this.fetchMissed(state.backfill, state.atMs + this.settleMs);
      this.fetchTails(state.atMs);
    } else if (state.kind === "gap" || state.kind === "overflow") {
      this.fetchMissed(state.backfill, -Infinity);
    } else if (state.kind === "refused") {
      this.refusal = `the source refuses to go on: ${state.error.message}`;
    }
  }

  private fetchMissed(ranges: readonly BarRange[], readyAtMs: number): void {
    for (const { symbol, timeframe, fromMs, toMs } of ranges) {
      const index = this.indexOf.get(symbol);
      if (index === undefined || timeframe !== this.parts.timeframe) continue;
      this.isUnchecked[index] = 1;
      this.backfill.add({ symbol, fromMs, toMs }, readyAtMs);
    }
  }

  private fetchAgain(symbol: string, closeTimeMs: number): void {
    this.backfill.add({ symbol, fromMs: closeTimeMs, toMs: closeTimeMs + 1 });
  }

  private takeFetched(symbol: string, bars: Bars): void | Promise<void> {
    const assembler = this.assembler!;
    const index = this.indexOf.get(symbol)!;
    const nowMs = this.parts.clock.nowMs();
    for (const bar of liveBars(bars)) assembler.push(index, bar, nowMs, "fetched");
    this.doze.hurry(assembler.dueMs(this.backfill.holdFromMs));
    return this.store(bars);
  }

  private store(bars: Bars): void | Promise<void> {
    let pressure: void | Promise<void> = undefined;
    if (this.writer !== null) for (const bar of liveBars(bars)) pressure = this.writer.add(bar) ?? pressure;
    return pressure;
  }

  private fetchParts(): FetchParts {
    const { source, timeframe, clock, fetchMsMax = 60_000 } = this.parts;
    const onEvent = (event: FeedEvent): void => this.tell(event);
    return { source, timeframe, clock, fetchMsMax, signal: this.closing.signal, onEvent };
  }
}

const nothingAssembled = {
  slices: 0,
  bars: 0,
  late: 0,
  duplicates: 0,
  revisions: 0,
  overflowed: 0,
  incomplete: 0,
};
