import { dayMs } from "../../base/time.ts";
import type { Calendar } from "./calendar.ts";
import { isWeekend, weekdayOf } from "./days.ts";
import { sessionCalendar, type TradingHours } from "./session-calendar.ts";
import { zoneClock, type ZoneClock } from "./zone-clock.ts";

/** 17:00 in New York is midnight of the trading day. */
const marketZone = "America/New_York+7";
const sunday = 0;
const friday = 5;
const saturday = 6;

/**
 * The foreign-exchange week, `24/5`: open from Sunday 17:00 to Friday 17:00 New York, each day rolling at 17:00.
 * Intraday bars end at UTC multiples, and at the Friday close at the latest. 25 December and 1 January are holidays,
 * but bars on them keep their day. With a zone (`24/5@UTC`) the week is the same and its days roll at midnight there;
 * what is traded on a Saturday or a Sunday of that zone belongs to Friday and Monday. Throws `TIME_ZONE_UNKNOWN`.
 */
export function forexWeekCalendar(timeZone?: string): Calendar {
  return sessionCalendar(forexHours(zoneClock(marketZone), timeZone));
}

function forexHours(market: ZoneClock, timeZone: string | undefined): TradingHours {
  const clock = timeZone === undefined ? market : zoneClock(timeZone);
  const marketDayOf = (timeMs: number) => Math.floor((timeMs + market.offsetAt(timeMs)) / dayMs);
  const dayOf = (timeMs: number) => Math.floor((timeMs + clock.offsetAt(timeMs)) / dayMs);
  const fridayCloseMs = (day: number) => market.instantOf((day + friday - weekdayOf(day) + 1) * dayMs);
  const closeMs = (day: number) => {
    const midnightMs = clock.instantOf((day + 1) * dayMs);
    return weekdayOf(day) === friday ? fridayCloseMs(day) : midnightMs;
  };
  let weekDay = Number.NaN;
  let weekCloseMs = 0;
  return {
    name: timeZone === undefined ? "24/5" : `24/5@${timeZone}`,
    timeZone: timeZone ?? "America/New_York",
    periodsPerYear: 260,
    dayOf: (instantMs) => tradingDayOf(dayOf(instantMs), instantMs),
    isOpen: (timeMs) => isTradingDay(marketDayOf(timeMs)),
    isTradingDay,
    mayEndWith: (day) => !isWeekend(day),
    closeMs,
    intradayEnd(closeTimeMs, day, spanMs) {
      if (day !== weekDay) {
        weekDay = day;
        weekCloseMs = fridayCloseMs(day);
      }
      const endMs = Math.ceil(closeTimeMs / spanMs) * spanMs;
      return closeTimeMs <= weekCloseMs ? Math.min(endMs, weekCloseMs) : endMs;
    },
    stretchAfter(timeMs) {
      let day = marketDayOf(timeMs);
      while (!isTradingDay(day)) day += 1;
      let last = day;
      while (isTradingDay(last + 1)) last += 1;
      while (isTradingDay(day - 1)) day -= 1;
      return {
        openMs: market.instantOf(day * dayMs),
        closeMs: market.instantOf((last + 1) * dayMs),
        anchorMs: 0,
      };
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
