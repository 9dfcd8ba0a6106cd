import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";

/** How many bars the calendar expects strictly between two times; most bars follow at once, which needs no calendar. */
export function missingBetween(
  calendar: Calendar,
  afterMs: number,
  beforeMs: number,
  timeframe: Timeframe,
): number {
  if (!(beforeMs - afterMs > timeframeMs(timeframe))) return 0;
  return calendar.missingBars(afterMs, beforeMs, timeframe);
}
