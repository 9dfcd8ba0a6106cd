import { dayMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";

/** Bars of some timeframe, seen from the rows of other bars: which of them have closed by then. */
export interface Frame {
  readonly bars: Bars;
  /** `visible[row]`: the last row of `bars` that had closed when source row `row` closed; -1 before the first. */
  readonly visible: Int32Array;
  /** Takes in what has been added to the source bars. */
  extend(): void;
}

/** Rows grow by doubling; -1 marks rows that are not computed yet. */
export function grown(array: Int32Array, length: number): Int32Array {
  if (length <= array.length) return array;
  const larger = new Int32Array(Math.max(length, array.length * 2)).fill(-1);
  larger.set(array);
  return larger;
}

/** Higher-timeframe bars built from lower ones: open first, high max, low min, close last, volume sum. */
export class ResampledFrame implements Frame {
  readonly bars: BarTable;
  visible: Int32Array;
  private readonly source: Bars;
  private readonly calendar: Calendar;
  private readonly timeframe: Timeframe;
  private next = 0;
  /** End of the bar that is being built; NaN, as all of it, when there is none. */
  private bucketEndMs = Number.NaN;
  private lastEndMs = -Infinity;
  private isPartial = false;
  private open = Number.NaN;
  private high = Number.NaN;
  private low = Number.NaN;
  private close = Number.NaN;
  private volume = Number.NaN;

  constructor(source: Bars, timeframe: Timeframe, calendar: Calendar) {
    this.source = source;
    this.timeframe = timeframe;
    this.calendar = calendar;
    this.bars = new BarTable(source.symbol, timeframe);
    this.visible = new Int32Array(source.length).fill(-1);
  }

  extend(): void {
    const { source } = this;
    this.visible = grown(this.visible, source.length);
    for (let row = this.next; row < source.length; row++) {
      this.merge(row);
      this.visible[row] = this.bars.length - 1;
    }
    this.next = source.length;
  }

  private merge(row: number): void {
    const { source } = this;
    const closeTimeMs = source.closeTimeMs[row]!;
    // Inside the bucket there is nothing to look up: bars are ordered, and this one ends before the bucket does.
    if (!(closeTimeMs <= this.bucketEndMs)) {
      const bucketEndMs = this.calendar.bucketEnd(closeTimeMs, this.timeframe);
      // Trades after the session's close are no part of the session's bar, which was known at the close.
      if (bucketEndMs <= this.lastEndMs) return;
      if (bucketEndMs !== this.bucketEndMs) this.begin(row, bucketEndMs);
    }
    this.high = Math.max(this.high, source.high[row]!);
    this.low = Math.min(this.low, source.low[row]!);
    this.close = source.close[row]!;
    this.volume += source.volume[row]!;
    if (closeTimeMs >= this.bucketEndMs) this.finish();
  }

  private begin(row: number, bucketEndMs: number): void {
    // If the last bars of the previous bucket never came, it is known to be over only now.
    this.finish();
    this.isPartial = row === 0 && this.beginsInside(bucketEndMs);
    this.bucketEndMs = bucketEndMs;
    this.open = this.source.open[row]!;
    this.high = -Infinity;
    this.low = Infinity;
    this.volume = 0;
  }

  /** Whether the data begin in the middle of a bucket: its open, high, low and volume would be those of a part. */
  private beginsInside(bucketEndMs: number): boolean {
    const spanMs = timeframeMs(this.source.timeframe);
    const beforeMs = this.source.closeTimeMs[0]! - spanMs;
    if (this.calendar.bucketEnd(beforeMs, this.timeframe) !== bucketEndMs) return false;
    // The hours before the open belong to the session that comes, and nothing of it is missing without them.
    return spanMs >= dayMs || this.calendar.isOpen(beforeMs - 1);
  }

  private finish(): void {
    if (Number.isNaN(this.bucketEndMs)) return;
    if (!this.isPartial)
      this.bars.append(this.bucketEndMs, this.open, this.high, this.low, this.close, this.volume);
    this.lastEndMs = this.bucketEndMs;
    this.bucketEndMs = Number.NaN;
  }
}

/** Another symbol's bars, aligned by close time. */
export class AlignedFrame implements Frame {
  readonly bars: Bars;
  visible: Int32Array;
  private readonly source: Bars;
  private next = 0;
  private last = -1;

  constructor(source: Bars, other: Bars) {
    this.source = source;
    this.bars = other;
    this.visible = new Int32Array(source.length).fill(-1);
  }

  extend(): void {
    const { source, bars } = this;
    this.visible = grown(this.visible, source.length);
    for (let row = this.next; row < source.length; row++) {
      const timeMs = source.closeTimeMs[row]!;
      while (this.last + 1 < bars.length && bars.closeTimeMs[this.last + 1]! <= timeMs) this.last += 1;
      this.visible[row] = this.last;
    }
    this.next = source.length;
  }
}

/** A higher timeframe of another symbol: what of it has closed by the last bar of that symbol that has. */
export class ChainedFrame implements Frame {
  visible: Int32Array;
  private readonly source: Bars;
  private readonly other: Frame;
  private readonly higher: Frame;
  private next = 0;

  constructor(source: Bars, other: Frame, higher: Frame) {
    this.source = source;
    this.other = other;
    this.higher = higher;
    this.visible = new Int32Array(source.length).fill(-1);
  }

  get bars(): Bars {
    return this.higher.bars;
  }

  extend(): void {
    this.other.extend();
    this.higher.extend();
    this.visible = grown(this.visible, this.source.length);
    for (let row = this.next; row < this.source.length; row++) {
      const otherRow = this.other.visible[row]!;
      this.visible[row] = otherRow < 0 ? -1 : this.higher.visible[otherRow]!;
    }
    this.next = this.source.length;
  }
}
