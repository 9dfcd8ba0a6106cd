import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { parseTimeframe, type Timeframe } from "../../domain/timeframe.ts";
import type { MarketProfile } from "./market-profile.ts";

/** When the bars close and how much each is expected to move, the same for every symbol. */
export type BarTimes = {
  readonly closeTimeMs: Float64Array;
  /** Standard deviation that a bar has at average volatility, in standard deviations of a day. */
  readonly deviationDays: Float64Array;
  /** Share of the bar's variance that falls into the gap before its open. */
  readonly gapShare: Float64Array;
};

/** Every market here opens on a half hour. */
const openGridMs = 30 * minuteMs;

/** The first `bars` whole bars of the calendar that begin at or after `startMs`. */
export function barTimes(
  calendar: Calendar,
  timeframe: Timeframe,
  bars: number,
  startMs: number,
  profile: MarketProfile,
): BarTimes {
  const closeTimeMs = new Float64Array(bars);
  const deviationDays = new Float64Array(bars);
  const gapShare = new Float64Array(bars);
  const longDays = tradingDaysIn(timeframe, calendar.periodsPerYear);
  const openShare = 1 - profile.gapDays * profile.gapsPerDay;
  // A bar of several days also holds the nights after its first open.
  const nightDays = profile.gapDays * Math.max(0, (longDays ?? 0) * profile.gapsPerDay - 1);
  let previousMs = firstBoundary(calendar, timeframe, startMs);
  let sessionStartMs = previousMs;
  for (let row = 0; row < bars; row++) {
    const openMs = firstOpenAt(calendar, previousMs);
    const closeMs = calendar.bucketEnd(openMs + 1, timeframe);
    const isAfterGap = openMs > previousMs;
    if (isAfterGap || row === 0) sessionStartMs = openMs;
    const days = longDays ?? (closeMs - openMs) / profile.sessionMs;
    const shape = longDays === null ? dayShape(profile, (openMs + closeMs) / 2, sessionStartMs) : 1;
    const insideDays = days * openShare * shape * shape + nightDays;
    const gapDays = isAfterGap ? profile.gapDays : 0;
    closeTimeMs[row] = closeMs;
    deviationDays[row] = Math.sqrt(insideDays + gapDays);
    gapShare[row] = gapDays / (insideDays + gapDays);
    previousMs = closeMs;
  }
  return { closeTimeMs, deviationDays, gapShare };
}

/** Trading days in a bar of a day or more, on average; null for shorter bars. */
function tradingDaysIn(timeframe: Timeframe, daysPerYear: number): number | null {
  const { count, unit } = parseTimeframe(timeframe);
  if (unit === "d") return count;
  if (unit === "w") return (count * 7 * daysPerYear) / 365;
  return unit === "M" ? (count * daysPerYear) / 12 : null;
}

/** The start of the first whole bar: a bar that is already under way at `startMs` is skipped. */
function firstBoundary(calendar: Calendar, timeframe: Timeframe, startMs: number): number {
  const openMs = firstOpenAt(calendar, startMs);
  const isStart = !calendar.isOpen(openMs - 1) || calendar.bucketEnd(openMs, timeframe) === openMs;
  return isStart ? openMs : calendar.bucketEnd(openMs + 1, timeframe);
}

function firstOpenAt(calendar: Calendar, timeMs: number): number {
  let atMs = timeMs;
  while (!calendar.isOpen(atMs)) atMs = (Math.floor(atMs / openGridMs) + 1) * openGridMs;
  return atMs;
}

/** How much livelier than on average the market is at an instant; its square averages 1 over the day. */
function dayShape(
  { shape, shapeSize, sessionMs }: MarketProfile,
  timeMs: number,
  sessionStartMs: number,
): number {
  if (shape === "wave") {
    const angle = (2 * Math.PI * ((timeMs % dayMs) - 15 * hourMs)) / dayMs;
    return (1 + shapeSize * Math.cos(angle)) / Math.sqrt(1 + (shapeSize * shapeSize) / 2);
  }
  const fromNoon = Math.min(1, Math.max(-1, (2 * (timeMs - sessionStartMs)) / sessionMs - 1));
  const meanSquare = 1 + (2 * shapeSize) / 3 + (shapeSize * shapeSize) / 5;
  return (1 + shapeSize * fromNoon * fromNoon) / Math.sqrt(meanSquare);
}
