import { dayMs, hourMs } from "../../base/time.ts";
import type { Calendar } from "./calendar.ts";
import { isWeekend, weekdayOf } from "./days.ts";
import { sessionCalendar, type TradingHours } from "./session-calendar.ts";
import { zoneClock, type ZoneClock } from "./zone-clock.ts";

/** 17:00 in New York is midnight of the trading day. */
const rollMs = 7 * hourMs;
const sunday = 0;
const friday = 5;
const saturday = 6;

/**
 * The foreign-exchange week, `24/5`: open from Sunday 17:00 to Friday 17:00 New York, each day rolling at 17:00.
 * Intraday bars end at UTC multiples, and at the Friday close at the latest. 25 December and 1 January are holidays,
 * but bars on them keep their day.
 */
export function forexWeekCalendar(): Calendar {
  return sessionCalendar(forexHours(zoneClock("America/New_York")));
}

function forexHours(clock: ZoneClock): TradingHours {
  const calendarDayOf = (timeMs: number) => Math.floor((timeMs + clock.offsetAt(timeMs) + rollMs) / dayMs);
  const openMs = (day: number) => clock.instantOf(day * dayMs - rollMs);
  const closeMs = (day: number) => clock.instantOf((day + 1) * dayMs - rollMs);
  let weekDay = Number.NaN;
  let weekCloseMs = 0;
  return {
    name: "24/5",
    timeZone: "America/New_York",
    periodsPerYear: 260,
    dayOf: (instantMs) => tradingDayOf(calendarDayOf(instantMs), instantMs),
    isOpen: (timeMs) => isTradingDay(calendarDayOf(timeMs)),
    isTradingDay,
    mayEndWith: (day) => !isWeekend(day),
    closeMs,
    intradayEnd(closeTimeMs, day, spanMs) {
      if (day !== weekDay) {
        weekDay = day;
        weekCloseMs = closeMs(day + friday - weekdayOf(day));
      }
      const endMs = Math.ceil(closeTimeMs / spanMs) * spanMs;
      return closeTimeMs <= weekCloseMs ? Math.min(endMs, weekCloseMs) : endMs;
    },
    stretchAfter(timeMs) {
      let day = calendarDayOf(timeMs);
      while (!isTradingDay(day)) day += 1;
      let last = day;
      while (isTradingDay(last + 1)) last += 1;
      while (isTradingDay(day - 1)) day -= 1;
      return { openMs: openMs(day), closeMs: closeMs(last), anchorMs: 0 };
    },
  };
}

/** Trades after the Friday close are Friday's until the UTC day ends, where many sources end their bars; later ones Monday's. */
function tradingDayOf(day: number, instantMs: number): number {
  const weekday = weekdayOf(day);
  if (weekday === saturday) return instantMs < day * dayMs ? day - 1 : day + 2;
  return weekday === sunday ? day + 1 : day;
}

function isTradingDay(day: number): boolean {
  if (isWeekend(day)) return false;
  const date = new Date(day * dayMs);
  const month = date.getUTCMonth();
  return month === 11 ? date.getUTCDate() !== 25 : month !== 0 || date.getUTCDate() !== 1;
}
