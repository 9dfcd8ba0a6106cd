import { dayMs } from "../../base/time.ts";
import type { Calendar } from "./calendar.ts";
import { sessionCalendar, type TradingHours } from "./session-calendar.ts";
import { zoneClock, type ZoneClock } from "./zone-clock.ts";

/** One local day, which is 23 or 25 hours long where the clocks change. */
type LocalDay = { readonly day: number; readonly startMs: number; readonly endMs: number };

/**
 * A market that never closes, with days that roll at midnight of `timeZone`: `24/7` for UTC, else `24/7@<zone>`.
 * Intraday bars are counted from midnight and the last one ends at midnight. Throws `TIME_ZONE_UNKNOWN`.
 */
export function utcCalendar(timeZone: string): Calendar {
  return sessionCalendar(alwaysOpenHours(timeZone));
}

function alwaysOpenHours(timeZone: string): TradingHours {
  const clock = zoneClock(timeZone);
  let current = localDay(clock, 0);
  const at = (instantMs: number): LocalDay => {
    if (instantMs >= current.startMs && instantMs < current.endMs) return current;
    current = localDayAt(clock, instantMs);
    return current;
  };
  return {
    name: timeZone === "UTC" ? "24/7" : `24/7@${timeZone}`,
    timeZone,
    periodsPerYear: 365,
    dayOf: (instantMs) => at(instantMs).day,
    isOpen: () => true,
    isTradingDay: () => true,
    mayEndWith: () => true,
    closeMs: (day) => clock.instantOf((day + 1) * dayMs),
    intradayEnd(closeTimeMs, _day, spanMs) {
      const { startMs, endMs } = at(closeTimeMs - 1);
      return Math.min(endMs, startMs + Math.ceil((closeTimeMs - startMs) / spanMs) * spanMs);
    },
    stretchAfter(timeMs) {
      const { startMs, endMs } = at(timeMs);
      return { openMs: startMs, closeMs: endMs, anchorMs: startMs };
    },
  };
}

function localDay(clock: ZoneClock, day: number): LocalDay {
  return { day, startMs: clock.instantOf(day * dayMs), endMs: clock.instantOf((day + 1) * dayMs) };
}

function localDayAt(clock: ZoneClock, instantMs: number): LocalDay {
  const day = Math.floor((instantMs + clock.offsetAt(instantMs)) / dayMs);
  const found = localDay(clock, day);
  // Where clocks fall back across midnight (St. John's until 2011), the date shows twice; the first one counts.
  return instantMs >= found.endMs ? localDay(clock, day + 1) : found;
}
