import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";

/**
 * What an answer in full says about a range that lacked bars. From the first bar that came, whatever did not come does
 * not exist. Before it the source may only not reach back so far (some serve the newest 720 bars): where the calendar
 * expects bars there, nothing is proven. Null where nothing is proven at all.
 */
export function provenRange(
  { fromMs, toMs }: TimeRange,
  firstCloseMs: number | null,
  calendar: Calendar,
  timeframe: Timeframe,
): TimeRange | null {
  const untilMs = firstCloseMs ?? toMs;
  const isHeadEmpty = untilMs <= fromMs || !expectsBars(calendar, timeframe, fromMs - 1, untilMs);
  if (isHeadEmpty) return { fromMs, toMs };
  return firstCloseMs === null || firstCloseMs >= toMs ? null : { fromMs: firstCloseMs, toMs };
}
