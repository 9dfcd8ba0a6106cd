import { dayMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { isDay, readDay } from "./read-day.ts";

/** The first row of a session of `day` or later, `length` without one; sessions never go back, so halving finds it. */
export function firstRowOn(day: number, { closeTimeMs, length }: Bars, calendar: Calendar): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calendar.sessionOf(closeTimeMs[middle]!) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How many rows lie before the end of a range. A day means the date by which the market calls its bars, as it does
 * where a range begins; a moment means that moment.
 */
export function rowsBefore(to: string | undefined, bars: Bars, calendar: () => Calendar): number {
  if (to === undefined) return bars.length;
  const toMs = readDay(to, "--to");
  if (isDay(to)) return firstRowOn(toMs / dayMs, bars, calendar());
  let rows = bars.length;
  while (rows > 0 && bars.closeTimeMs[rows - 1]! > toMs) rows -= 1;
  return rows;
}
