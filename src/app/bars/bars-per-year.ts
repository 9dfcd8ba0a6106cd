import { dayMs } from "../../base/time.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { parseTimeframe, type Timeframe } from "../../domain/timeframe.ts";

/** A week without holidays on any calendar, from Monday to Monday, UTC. */
const weekStartMs = Date.UTC(2024, 5, 3);
const weekDays = 7;

/** How many bars of a timeframe a year has: trading days times the bars that an ordinary day has. */
export function barsPerYear(calendar: Calendar, timeframe: Timeframe): number {
  const { count, unit } = parseTimeframe(timeframe);
  // Weeks and months are the same on every calendar; only days are not.
  if (unit === "M") return 12 / count;
  if (unit === "w") return 365.25 / (7 * count);
  if (unit === "d") return calendar.periodsPerYear / count;
  const ordinary = calendar.missingBars(weekStartMs, weekStartMs + weekDays * dayMs + 1, timeframe);
  const tradingDays = calendar.periodsPerYear > 300 ? weekDays : 5;
  return (calendar.periodsPerYear * ordinary) / tradingDays;
}
