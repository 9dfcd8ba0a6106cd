import { dayMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { barCalendar } from "../../domain/calendar/detect-calendar-name.ts";
import { firstRowOn } from "../config/session-rows.ts";
import { isDay, readDay } from "../config/read-day.ts";
import { instrumentConfig, type RunConfig } from "../config/run-config.ts";

/**
 * The first close that may be decided on: a day means the date by which each market calls its bars, which is not that
 * of UTC where a session ends after midnight there.
 */
export function firstDecisionMs(from: string, bars: readonly Bars[], config: RunConfig): number {
  const fromMs = readDay(from, "--from");
  if (!isDay(from)) return fromMs;
  const firsts = bars.map((table) => {
    const calendar = barCalendar(table, instrumentConfig(config, table.symbol).calendar);
    return firstCloseOn(fromMs / dayMs, table, calendar);
  });
  return Math.min(...firsts);
}

function firstCloseOn(day: number, bars: Bars, calendar: Calendar): number {
  return bars.closeTimeMs[firstRowOn(day, bars, calendar)] ?? Infinity;
}
