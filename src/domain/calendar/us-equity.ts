import { dayMs, minuteMs } from "../../base/time.ts";
import type { Calendar } from "./calendar.ts";
import { isWeekend } from "./days.ts";
import { sessionCalendar, type TradingHours } from "./session-calendar.ts";
import { usEquityCloseMinute } from "./us-equity-holidays.ts";
import { zoneClock, type ZoneClock } from "./zone-clock.ts";

const openMinute = 9 * 60 + 30;
const fullCloseMinute = 16 * 60;

/** Opening and closing of one New York date; a date without trading has the hours it would have had. */
type Session = {
  readonly day: number;
  readonly isTrading: boolean;
  readonly openMs: number;
  readonly closeMs: number;
  /** Midnight in New York, where the date ends. */
  readonly endMs: number;
};

/**
 * The New York Stock Exchange, `us-equity`: 09:30 to 16:00 New York, its holidays, half days and special closures.
 * Intraday bars count from the open and the last one ends with the session; before the open they count backward
 * from it, after the close forward from the close.
 */
export function usEquityCalendar(): Calendar {
  return sessionCalendar(usEquityHours(zoneClock("America/New_York")));
}

function usEquityHours(clock: ZoneClock): TradingHours {
  const dayOf = (timeMs: number) => Math.floor((timeMs + clock.offsetAt(timeMs)) / dayMs);
  const session = sessionTable(clock);
  return {
    name: "us-equity",
    timeZone: "America/New_York",
    periodsPerYear: 252,
    dayOf,
    isOpen(timeMs) {
      const { isTrading, openMs, closeMs } = session(dayOf(timeMs));
      return isTrading && timeMs >= openMs && timeMs < closeMs;
    },
    isTradingDay: (day) => session(day).isTrading,
    mayEndWith: (day) => session(day).isTrading,
    closeMs: (day) => session(day).closeMs,
    intradayEnd(closeTimeMs, day, spanMs) {
      const { openMs, closeMs, endMs } = session(day);
      return closeTimeMs > closeMs
        ? Math.min(endMs, closeMs + Math.ceil((closeTimeMs - closeMs) / spanMs) * spanMs)
        : Math.min(closeMs, openMs + Math.ceil((closeTimeMs - openMs) / spanMs) * spanMs);
    },
    stretchAfter(timeMs) {
      let day = dayOf(timeMs);
      while (!session(day).isTrading || session(day).closeMs <= timeMs) day += 1;
      const { openMs, closeMs } = session(day);
      return { openMs, closeMs, anchorMs: openMs };
    },
  };
}

/** Each date is worked out once: daily bars of hundreds of symbols ask for the same ones. */
function sessionTable(clock: ZoneClock): (day: number) => Session {
  const sessions = new Map<number, Session>();
  let current = sessionOn(clock, 0);
  return (day) => {
    if (day === current.day) return current;
    current = sessions.get(day) ?? sessionOn(clock, day);
    sessions.set(day, current);
    return current;
  };
}

function sessionOn(clock: ZoneClock, day: number): Session {
  const midnightMs = day * dayMs;
  const closeMinute = isWeekend(day) ? null : usEquityCloseMinute(day);
  return {
    day,
    isTrading: closeMinute !== null,
    openMs: clock.instantOf(midnightMs + openMinute * minuteMs),
    closeMs: clock.instantOf(midnightMs + (closeMinute ?? fullCloseMinute) * minuteMs),
    endMs: clock.instantOf(midnightMs + dayMs),
  };
}
