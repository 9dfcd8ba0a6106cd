import { dayMs } from "../../base/time.ts";
import { timeframeMs, type Timeframe } from "../timeframe.ts";
import type { Calendar } from "./calendar.ts";

type Expecting = Pick<Calendar, "missingBars" | "bucketEnd" | "isOpen">;

/** Whether the calendar expects any bar with `previousCloseMs < close < untilMs`, counted as in `expectedBars`. */
export function expectsBars(
  calendar: Expecting,
  timeframe: Timeframe,
  previousCloseMs: number,
  untilMs: number,
): boolean {
  return expectedBars(calendar, timeframe, previousCloseMs, untilMs) > 0;
}

/**
 * How many bars the calendar expects with `previousCloseMs < close < untilMs`. Intraday bars are counted from
 * `previousCloseMs` while the market stays open, as a source does whose grid is not the calendar's.
 */
export function expectedBars(
  calendar: Expecting,
  timeframe: Timeframe,
  previousCloseMs: number,
  untilMs: number,
): number {
  if (!(untilMs - 1 > previousCloseMs)) return 0;
  const before = calendar.missingBars(previousCloseMs, untilMs, timeframe);
  // `missingBars` counts up to the bar that holds `untilMs`; that one may have closed just before.
  const lastEndMs = lastEndBefore(calendar, timeframe, previousCloseMs, untilMs);
  if (lastEndMs === null) return before;
  return Math.max(before, calendar.missingBars(previousCloseMs, lastEndMs, timeframe) + 1);
}

/** The last end of a bar between the two times, or null. */
function lastEndBefore(
  calendar: Expecting,
  timeframe: Timeframe,
  previousCloseMs: number,
  untilMs: number,
): number | null {
  const isIntraday = timeframeMs(timeframe) < dayMs;
  for (let atMs = untilMs - 1; ; atMs -= dayMs) {
    const endMs = calendar.bucketEnd(atMs, timeframe);
    if (endMs <= previousCloseMs) return null;
    // On days without trading buckets end as well, and no bar does.
    if (endMs < untilMs && calendar.isOpen(endMs - 1)) return endMs;
    if (isIntraday) return null;
  }
}
