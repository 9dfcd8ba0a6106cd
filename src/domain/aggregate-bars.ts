import { BarTable } from "./bar-table.ts";
import type { Bars } from "./bars.ts";
import type { Calendar } from "./calendar/calendar.ts";
import { expectsBars } from "./calendar/expects-bars.ts";
import { timeframeMs, type Timeframe } from "./timeframe.ts";

/** Bars of a longer timeframe made from shorter ones. */
export type AggregatedBars = {
  readonly bars: Bars;
  /** 1 where every shorter bar was there that the calendar expects, else 0; one value per row. */
  readonly isComplete: Uint8Array;
};

/** Rows of shorter bars that lie in one longer bar: `from` to `to - 1`. */
type Bucket = { readonly from: number; readonly to: number; readonly endMs: number };

/**
 * Makes bars of a longer timeframe: open first, high max, low min, close last, volume sum. They end where the calendar
 * says. A bar after the end of the session that it would belong to is part of none.
 */
export function aggregateBars(fine: Bars, timeframe: Timeframe, calendar: Calendar): AggregatedBars {
  const table = new BarTable(fine.symbol, timeframe);
  const complete: number[] = [];
  let lastEndMs = -Infinity;
  for (let from = 0; from < fine.length;) {
    const bucket = bucketFrom(fine, from, timeframe, calendar);
    from = bucket.to;
    if (bucket.endMs <= lastEndMs) continue;
    lastEndMs = bucket.endMs;
    append(table, fine, bucket);
    complete.push(isWhole(fine, bucket, timeframe, calendar) ? 1 : 0);
  }
  return { bars: table, isComplete: Uint8Array.from(complete) };
}

function bucketFrom(fine: Bars, from: number, timeframe: Timeframe, calendar: Calendar): Bucket {
  const { closeTimeMs, length } = fine;
  const endMs = calendar.bucketEnd(closeTimeMs[from]!, timeframe);
  let to = from + 1;
  // Bars are ordered: what ends before the bucket does is inside. Only a stamp after its end has to be looked up.
  while (to < length && closeTimeMs[to - 1]! < endMs) {
    const closeMs = closeTimeMs[to]!;
    if (closeMs > endMs && calendar.bucketEnd(closeMs, timeframe) !== endMs) break;
    to += 1;
  }
  return { from, to, endMs };
}

function append(table: BarTable, fine: Bars, { from, to, endMs }: Bucket): void {
  let high = -Infinity;
  let low = Infinity;
  let volume = 0;
  for (let row = from; row < to; row++) {
    high = Math.max(high, fine.high[row]!);
    low = Math.min(low, fine.low[row]!);
    volume += fine.volume[row]!;
  }
  table.append(endMs, fine.open[from]!, high, low, fine.close[to - 1]!, volume);
}

function isWhole(fine: Bars, { from, to, endMs }: Bucket, timeframe: Timeframe, calendar: Calendar): boolean {
  const { closeTimeMs } = fine;
  const spanMs = timeframeMs(fine.timeframe);
  for (let row = from + 1; row < to; row++) {
    const afterMs = closeTimeMs[row - 1]!;
    const isNext = closeTimeMs[row]! - afterMs <= spanMs;
    if (!isNext && calendar.missingBars(afterMs, closeTimeMs[row]!, fine.timeframe) > 0) return false;
  }
  const lastMs = closeTimeMs[to - 1]!;
  if (lastMs < endMs && expectsBars(calendar, fine.timeframe, lastMs, endMs + 1)) return false;
  // The bar that would come before the first one: is it missing from this bucket, or part of the one before?
  const beforeMs = closeTimeMs[from]! - spanMs;
  if (calendar.bucketEnd(beforeMs, timeframe) !== endMs) return true;
  return !expectsBars(calendar, fine.timeframe, beforeMs - spanMs, beforeMs + 1);
}
