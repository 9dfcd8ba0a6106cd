import type { Calendar } from "../../domain/calendar/calendar.ts";

/** What the metrics need of a calendar: which trading day a bar belongs to, and how many of them make a year. */
export type SessionCalendar = Pick<Calendar, "periodsPerYear" | "sessionOf">;

/** A calendar with this many trading days per year has no day off. */
const daysOfEveryDayMarket = 365;

/** One entry per trading day, oldest first: its number and the row of the last bar known at its end. */
type Sessions = { readonly days: Int32Array; readonly ends: Int32Array };

/**
 * Cuts rows 0 to `length - 1` into trading days. Where every day trades, a day without a bar repeats the row before it
 * (its return is 0); elsewhere only days with bars count, because a holiday and a gap look the same.
 */
export function sessionsOf(closeTimeMs: Float64Array, length: number, calendar: SessionCalendar): Sessions {
  const days: number[] = [];
  const ends: number[] = [];
  const everyDayTrades = calendar.periodsPerYear === daysOfEveryDayMarket;
  for (let row = 0; row < length;) {
    const day = calendar.sessionOf(closeTimeMs[row]!);
    const firstEmpty = everyDayTrades && row > 0 ? days.at(-1)! + 1 : day;
    for (let empty = firstEmpty; empty < day; empty++) {
      days.push(empty);
      ends.push(row - 1);
    }
    const end = lastRowOf(day, row, closeTimeMs, length, calendar);
    days.push(day);
    ends.push(end);
    row = end + 1;
  }
  return { days: Int32Array.from(days), ends: Int32Array.from(ends) };
}

/** The `ends` of `sessionsOf`: computed once for a sweep, then shared by all of its equity curves. */
export function sessionEnds(
  closeTimeMs: Float64Array,
  length: number,
  calendar: SessionCalendar,
): Int32Array {
  return sessionsOf(closeTimeMs, length, calendar).ends;
}

/** Last row of trading day `day`, which holds `row`: doubling steps and then halving, for a day may have 1,440 bars. */
function lastRowOf(
  day: number,
  row: number,
  closeTimeMs: Float64Array,
  length: number,
  calendar: SessionCalendar,
): number {
  let inside = row;
  let step = 1;
  while (inside + step < length && calendar.sessionOf(closeTimeMs[inside + step]!) === day) {
    inside += step;
    step *= 2;
  }
  for (; step >= 1; step = Math.floor(step / 2)) {
    if (inside + step < length && calendar.sessionOf(closeTimeMs[inside + step]!) === day) inside += step;
  }
  return inside;
}
