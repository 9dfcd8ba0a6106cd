import { dayMs, minuteMs } from "../../../base/time.ts";
import type { Calendar } from "../../../domain/calendar/calendar.ts";
import { parseTimeframe, timeframeMs, type Timeframe } from "../../../domain/timeframe.ts";
import type { CloseOf } from "../shared/bar-grid.ts";
import type { ServerTime } from "./server-time.ts";

const frames = {
  "1m": "M1",
  "5m": "M5",
  "15m": "M15",
  "30m": "M30",
  "1h": "H1",
  "4h": "H4",
  "1d": "D1",
  "1w": "W1",
  "1M": "MN1",
} as const satisfies Partial<Record<Timeframe, string>>;

/** The timeframes that a bridge answers for. */
export const terminalTimeframes = Object.keys(frames) as readonly (keyof typeof frames)[];

/** MetaTrader's word for a timeframe: `M1`, `H4`, `MN1`. */
export function frameOf(timeframe: Timeframe): string {
  return frames[timeframe as keyof typeof frames];
}

/**
 * When bars close that begin at server times. Bars of a day and longer end with the last session in them where the
 * market is closed from there to their end, as on a Friday; otherwise where the server's day ends.
 */
export function terminalCloses(timeframe: Timeframe, server: ServerTime, calendar: Calendar): CloseOf {
  const { unit } = parseTimeframe(timeframe);
  const spanMs = timeframeMs(timeframe);
  if (unit === "m" || unit === "h") {
    return (openMs) => {
      const wallMs = server.wallOf(openMs);
      if (wallMs % spanMs !== 0) return null;
      // Bars longer than an hour keep to the server's clock when it changes; shorter ones cannot tell.
      return timeframe === "4h" ? server.toUtc(wallMs + spanMs) : openMs + spanMs;
    };
  }
  const insideMs = unit === "d" ? dayMs / 2 : unit === "w" ? 3 * dayMs : 15 * dayMs;
  return (openMs) => {
    const wallEndMs = endOfPeriod(server.wallOf(openMs), unit);
    if (wallEndMs === null) return null;
    const endMs = server.toUtc(wallEndMs);
    const sessionEndMs = calendar.bucketEnd(openMs + insideMs, timeframe);
    return isClosedBetween(calendar, sessionEndMs, endMs) && sessionEndMs > openMs ? sessionEndMs : endMs;
  };
}

/** When the bar begins that contains a time. Weeks begin on Sunday. */
export function periodStart(timeframe: Timeframe, server: ServerTime, timeMs: number): number {
  const { unit } = parseTimeframe(timeframe);
  const wallMs = server.wallOf(timeMs);
  const date = new Date(wallMs);
  const dayStartMs = Math.floor(wallMs / dayMs) * dayMs;
  switch (unit) {
    case "d":
      return server.toUtc(dayStartMs);
    case "w":
      return server.toUtc(dayStartMs - date.getUTCDay() * dayMs);
    case "M":
      return server.toUtc(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
    default: {
      // Within the day the wall clock only says how far the bar has come: of an hour that comes twice, either may be it.
      const spanMs = timeframeMs(timeframe);
      return timeMs - (wallMs % spanMs);
    }
  }
}

/** Where the day, week (from Sunday, or Monday) or month ends that begins at this wall time; null where none does. */
function endOfPeriod(wallMs: number, unit: string): number | null {
  if (wallMs % dayMs !== 0) return null;
  const date = new Date(wallMs);
  switch (unit) {
    case "d":
      return wallMs + dayMs;
    case "w":
      return date.getUTCDay() <= 1 ? wallMs + 7 * dayMs : null;
    default:
      return date.getUTCDate() === 1 ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) : null;
  }
}

function isClosedBetween(calendar: Calendar, fromMs: number, toMs: number): boolean {
  if (fromMs >= toMs) return false;
  for (let timeMs = fromMs; timeMs < toMs; timeMs += 30 * minuteMs) {
    if (calendar.isOpen(timeMs)) return false;
  }
  return true;
}
