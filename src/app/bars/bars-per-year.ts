import { dayMs } from "../../base/time.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";

/** A week without holidays on any calendar, from Monday to Monday, UTC. */
const weekStartMs = Date.UTC(2024, 5, 3);
const weekDays = 7;

/** How many bars of a timeframe a year has: trading days times the bars that an ordinary day has. */
export function barsPerYear(calendar: Calendar, timeframe: Timeframe): number {
  const spanMs = timeframeMs(timeframe);
  if (spanMs >= dayMs) return (calendar.periodsPerYear * dayMs) / spanMs;
  const ordinary = calendar.missingBars(weekStartMs, weekStartMs + weekDays * dayMs, timeframe) + 1;
  const tradingDays = calendar.periodsPerYear > 300 ? weekDays : 5;
  return (calendar.periodsPerYear * ordinary) / tradingDays;
}
