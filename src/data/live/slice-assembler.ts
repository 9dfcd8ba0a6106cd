import type { BarTable } from "../../domain/bar-table.ts";
import { barFields } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { ExpectedSymbols } from "./expected-symbols.ts";
import type { AssemblerEvent } from "./feed-event.ts";
import { PendingInstant, type BarValues, type ReusedSlice } from "./pending-instant.ts";

/** After a stall of the network all symbols come in one burst, each of them too late; they are given this long. */
const burstMsMax = 1_000;

/** What an assembler works on; every list has one entry per symbol. */
export type AssemblerParts = {
  /** What the slices point into, with the history that is known so far. */
  readonly tables: readonly BarTable[];
  readonly calendars: readonly Calendar[];
  readonly timeframe: Timeframe;
  /** How long after a close its missing bars are waited for. */
  readonly graceMs: number;
  /** Everything up to here was handed over before, or is not wanted. */
  readonly releasedThroughMs: number;
  /** Bars of the stream that may wait, altogether and of one symbol. */
  readonly pendingMax: number;
  readonly pendingMaxPerSymbol: number;
  readonly onEvent: (event: AssemblerEvent) => void;
};

/** What became of the bars so far. */
export type AssemblerCounts = {
  readonly slices: number;
  /** Bars in slices. */
  readonly bars: number;
  readonly late: number;
  readonly duplicates: number;
  readonly revisions: number;
  readonly overflowed: number;
  readonly incomplete: number;
  /** Bars that wait. */
  readonly pending: number;
};

/**
 * Puts closed bars of many symbols, in any order, into slices in the order of time. An instant is handed over when all
 * expected symbols have delivered, or `graceMs` after its close; when its first bar comes later than that, a second
 * after this bar at the latest. What was handed over never changes. Pure: time is passed in.
 */
export class SliceAssembler {
  /** The slice that `next` or `quiet` made last. Reused. */
  readonly slice: ReusedSlice;
  private readonly parts: AssemblerParts;
  private readonly expected: ExpectedSymbols;
  private readonly burstMs: number;
  private readonly lastKnownMs: Float64Array;
  private readonly pendingOf: Int32Array;
  /** In the order of time. */
  private readonly instants: PendingInstant[] = [];
  private releasedThroughMs: number;
  private readonly tally = {
    slices: 0,
    bars: 0,
    late: 0,
    duplicates: 0,
    revisions: 0,
    overflowed: 0,
    incomplete: 0,
    pending: 0,
  };

  constructor(parts: AssemblerParts) {
    const { tables, calendars, timeframe, graceMs, releasedThroughMs } = parts;
    this.parts = parts;
    this.expected = new ExpectedSymbols(calendars, timeframe);
    this.burstMs = Math.min(graceMs, burstMsMax);
    this.releasedThroughMs = releasedThroughMs;
    this.lastKnownMs = Float64Array.from(tables, lastCloseMs);
    this.lastKnownMs.forEach((closeMs, index) => this.expected.note(index, closeMs));
    this.pendingOf = new Int32Array(tables.length);
    const count = tables.length;
    this.slice = {
      timeMs: releasedThroughMs,
      count: 0,
      instruments: new Int32Array(count),
      rows: new Int32Array(count),
    };
  }

  /** Takes a closed bar of symbol `index`. Fetched bars may be as many as they are. */
  push(index: number, bar: BarValues, nowMs: number, origin: "stream" | "fetched" = "stream"): void {
    const { closeTimeMs } = bar;
    if (closeTimeMs <= this.releasedThroughMs) return this.takeLate(index, bar, nowMs);
    const at = this.positionOf(closeTimeMs);
    const found = this.instants[at];
    const known = found?.timeMs === closeTimeMs ? found : null;
    if (known?.has(index) === true) return this.takeAgain(known, index, bar);
    if (origin === "stream" && this.isFull(index)) return this.drop(index, closeTimeMs);
    const instant = known ?? this.open(at, closeTimeMs, origin === "stream" ? nowMs : -Infinity);
    instant.add(index, bar);
    this.pendingOf[index]! += 1;
    this.tally.pending += 1;
    this.learn(index, closeTimeMs);
  }

  /** From when on `next` has something to hand over: -Infinity for at once, Infinity for nothing in sight. */
  dueMs(holdFromMs = Infinity): number {
    const first = this.instants[0];
    return first === undefined ? Infinity : this.dueOf(first, holdFromMs);
  }

  /** Enters the next instant into the tables and returns its slice; null when none is due. Holds back `holdFromMs` on. */
  next(nowMs: number, holdFromMs = Infinity): MarketSlice | null {
    const instant = this.instants[0];
    if (instant === undefined || this.dueOf(instant, holdFromMs) > nowMs) return null;
    this.instants.shift();
    const { slice, tally, parts } = this;
    instant.enter(parts.tables, slice);
    for (let k = 0; k < slice.count; k++) {
      const index = slice.instruments[k]!;
      this.pendingOf[index]! -= 1;
      this.expected.note(index, instant.timeMs);
    }
    this.releasedThroughMs = instant.timeMs;
    tally.pending -= slice.count;
    tally.bars += slice.count;
    tally.slices += 1;
    if (instant.awaited > 0) this.tellIncomplete(instant);
    return slice;
  }

  /**
   * A slice without bars. Its time follows the clock as far as no bar can still close before it: while one is overdue
   * or held back, time stands still, so that what is fetched later can still be handed over in order.
   */
  quiet(nowMs: number, holdFromMs = Infinity): MarketSlice {
    const firstMs = this.instants[0]?.timeMs ?? Infinity;
    const timeMs = Math.min(nowMs - this.parts.graceMs, firstMs - 1, holdFromMs - 1);
    if (timeMs > this.releasedThroughMs && !this.expected.areDueBy(timeMs)) this.releasedThroughMs = timeMs;
    this.slice.timeMs = this.releasedThroughMs;
    this.slice.count = 0;
    return this.slice;
  }

  /** The newest close of a symbol that has come in; NaN before the first. */
  newestMs(index: number): number {
    return this.lastKnownMs[index]!;
  }

  counts(): AssemblerCounts {
    return { ...this.tally };
  }

  private dueOf(instant: PendingInstant, holdFromMs: number): number {
    if (instant.timeMs >= holdFromMs) return Infinity;
    if (instant.isComplete) return -Infinity;
    return Math.max(instant.timeMs + this.parts.graceMs, instant.firstMs + this.burstMs);
  }

  private isFull(index: number): boolean {
    const { pendingMax, pendingMaxPerSymbol } = this.parts;
    return this.tally.pending >= pendingMax || this.pendingOf[index]! >= pendingMaxPerSymbol;
  }

  private open(at: number, timeMs: number, firstMs: number): PendingInstant {
    const marks = new Uint8Array(this.parts.tables.length);
    const awaited = this.expected.mark(timeMs, this.lastKnownMs, marks);
    const instant = new PendingInstant(timeMs, firstMs, marks, awaited);
    this.instants.splice(at, 0, instant);
    return instant;
  }

  /** Where an instant is or belongs: the first place that is not earlier. */
  private positionOf(timeMs: number): number {
    const { instants } = this;
    let low = 0;
    let high = instants.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (instants[middle]!.timeMs < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private takeAgain(instant: PendingInstant, index: number, bar: BarValues): void {
    if (instant.replace(index, bar)) this.tellRevision(index, bar.closeTimeMs, true);
    else this.tally.duplicates += 1;
  }

  private takeLate(index: number, bar: BarValues, nowMs: number): void {
    const table = this.parts.tables[index]!;
    const { closeTimeMs } = bar;
    const row = rowOf(table, closeTimeMs);
    if (row >= 0) {
      if (barFields.every((field) => table[field][row] === bar[field])) this.tally.duplicates += 1;
      else this.tellRevision(index, closeTimeMs, false);
      return;
    }
    const isAppended = !(lastCloseMs(table) >= closeTimeMs);
    if (isAppended) table.append(closeTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume);
    this.learn(index, closeTimeMs);
    this.tally.late += 1;
    const lateMs = nowMs - closeTimeMs;
    this.parts.onEvent({ kind: "late", symbol: table.symbol, closeTimeMs, lateMs, isAppended });
  }

  private learn(index: number, closeTimeMs: number): void {
    if (!(this.lastKnownMs[index]! >= closeTimeMs)) this.lastKnownMs[index] = closeTimeMs;
  }

  private drop(index: number, closeTimeMs: number): void {
    this.tally.overflowed += 1;
    this.parts.onEvent({ kind: "overflow", symbol: this.symbolOf(index), closeTimeMs });
  }

  private tellRevision(index: number, closeTimeMs: number, isApplied: boolean): void {
    this.tally.revisions += 1;
    this.parts.onEvent({ kind: "revision", symbol: this.symbolOf(index), closeTimeMs, isApplied });
  }

  private tellIncomplete(instant: PendingInstant): void {
    this.tally.incomplete += 1;
    const missing = instant.missing().map((index) => this.symbolOf(index));
    this.parts.onEvent({ kind: "incomplete", timeMs: instant.timeMs, missing });
  }

  private symbolOf(index: number): string {
    return this.parts.tables[index]!.symbol;
  }
}

function lastCloseMs({ closeTimeMs, length }: BarTable): number {
  return length === 0 ? Number.NaN : closeTimeMs[length - 1]!;
}

/** The row of the bar that closes then, or -1. */
function rowOf({ closeTimeMs, length }: BarTable, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low < length && closeTimeMs[low] === timeMs ? low : -1;
}
