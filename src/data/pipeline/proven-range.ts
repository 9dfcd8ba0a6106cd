import { dayMs } from "../../base/time.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectsBars } from "../../domain/calendar/expects-bars.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";

/** The closes of the first and the last bar that came. */
type CameBetween = { readonly firstMs: number; readonly lastMs: number };

/**
 * What an answer in full says about a range that lacked bars. Between the first and the last bar that came, whatever did
 * not come does not exist. Before the first one the source may only not reach back so far (some serve the newest 720
 * bars); after the last one it may still publish. Where the calendar expects bars there, nothing is proven, and the bar at
 * the edge is left in what is unproven: when it comes again, it shows how far the next answer reaches. Null where nothing
 * is proven at all.
 */
export function provenRange(
  { fromMs, toMs }: TimeRange,
  came: CameBetween | null,
  nowMs: number,
  calendar: Calendar,
  timeframe: Timeframe,
): TimeRange | null {
  const isEmpty = (from: number, to: number): boolean =>
    to <= from || !expectsBars(calendar, timeframe, from - 1, to);
  if (came === null) return isEmpty(fromMs, toMs) ? { fromMs, toMs } : null;
  const { firstMs, lastMs } = came;
  const startMs = isEmpty(fromMs, firstMs) ? fromMs : firstMs;
  const finalMs = Math.max(lastMs + 1, settledMs(nowMs, timeframe));
  const endMs = isEmpty(finalMs, toMs) ? toMs : finalMs > lastMs + 1 ? finalMs : lastMs;
  const [start, end] = [Math.max(fromMs, startMs), Math.min(toMs, endMs)];
  return start < end ? { fromMs: start, toMs: end } : null;
}

/**
 * Until when a time without bars stays without them. Venues publish late, vendors of daily bars hours after the close:
 * only what had more than a day for it is believed to be empty.
 */
export function settledMs(nowMs: number, timeframe: Timeframe): number {
  return nowMs - timeframeMs(timeframe) - dayMs;
}
