import { dayMs } from "../../../base/time.ts";
import type { Calendar } from "../../../domain/calendar/calendar.ts";
import { parseTimeframe, timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";

/** When the bar closes that a venue stamps `openMs`; null when no bar of the timeframe can begin there. */
export type CloseOf = (openMs: number) => number | null;

/** 1970-01-05 was a Monday. */
const mondayMs = 4 * dayMs;
const weekMs = 7 * dayMs;

/** Bars of a market that never closes and counts its days in UTC. */
export function utcCloses(timeframe: Timeframe): CloseOf {
  const { count, unit } = parseTimeframe(timeframe);
  if (unit === "M") return (openMs) => monthCloseMs(openMs, count);
  const spanMs = timeframeMs(timeframe);
  // Where bars of several days or weeks are counted from differs between venues: any midnight or Monday will do.
  if (unit === "w") return (openMs) => ((openMs - mondayMs) % weekMs === 0 ? openMs + spanMs : null);
  const gridMs = unit === "d" ? dayMs : spanMs;
  return (openMs) => (openMs % gridMs === 0 ? openMs + spanMs : null);
}

function monthCloseMs(openMs: number, count: number): number | null {
  const date = new Date(openMs);
  if (openMs % dayMs !== 0 || date.getUTCDate() !== 1) return null;
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1);
}

/**
 * Bars of a market with sessions: bars within the day count from the full hour, longer ones carry the midnight before
 * their first session and close with their last.
 */
export function sessionCloses(timeframe: Timeframe, calendar: Calendar): CloseOf {
  const { unit } = parseTimeframe(timeframe);
  const spanMs = timeframeMs(timeframe);
  if (unit === "s" || unit === "m" || unit === "h") {
    const gridMs = Math.min(spanMs, 3_600_000);
    return (openMs) => (openMs % gridMs === 0 ? openMs + spanMs : null);
  }
  // An instant in the middle of the bar: a holiday at its start would lead into the bar before, one at its end would
  // stand for itself.
  const insideMs = unit === "d" ? dayMs : unit === "w" ? 3 * dayMs : 15 * dayMs;
  return (openMs) => {
    const closeMs = calendar.bucketEnd(openMs + insideMs, timeframe);
    return closeMs > openMs ? closeMs : null;
  };
}

/** When the bar began that closes at `closeMs`, in a market that never closes and counts its days in UTC. */
export function utcOpenOf(closeMs: number, timeframe: Timeframe): number {
  const { count, unit } = parseTimeframe(timeframe);
  if (unit !== "M") return closeMs - timeframeMs(timeframe);
  const date = new Date(closeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count, 1);
}

/** The first stamp at or after `fromMs` where a bar can begin; `fromMs` itself for weeks and months. */
export function nextOpenMs(fromMs: number, timeframe: Timeframe): number {
  const { unit } = parseTimeframe(timeframe);
  const gridMs = unit === "w" || unit === "M" ? 1 : unit === "d" ? dayMs : timeframeMs(timeframe);
  return Math.ceil(fromMs / gridMs) * gridMs;
}

/** The longest that a bar of the timeframe can be. */
export function longestMs(timeframe: Timeframe): number {
  const { count, unit } = parseTimeframe(timeframe);
  return unit === "M" ? count * 31 * dayMs : timeframeMs(timeframe);
}

/** The shortest that a bar of the timeframe can be. */
export function shortestMs(timeframe: Timeframe): number {
  const { count, unit } = parseTimeframe(timeframe);
  return unit === "M" ? count * 28 * dayMs : timeframeMs(timeframe);
}
