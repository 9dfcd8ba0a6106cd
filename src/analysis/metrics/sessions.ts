import type { Calendar } from "../../domain/calendar/calendar.ts";

/** What the metrics need of a calendar: the trading day that a bar belongs to, and how many a year is expected to have. */
export type SessionCalendar = Pick<Calendar, "periodsPerYear" | "sessionOf">;

/** One entry per trading day with a bar, oldest first: its number and the row of its last bar. */
type Sessions = { readonly days: Int32Array; readonly ends: Int32Array };

/**
 * Cuts rows 0 to `length - 1` into trading days. Bars longer than a day have a day each. A day without a bar is no
 * entry, on any market: a holiday and a gap look the same, and time is measured by clocks and not by entries.
 */
export function sessionsOf(closeTimeMs: Float64Array, length: number, calendar: SessionCalendar): Sessions {
  const days: number[] = [];
  const ends: number[] = [];
  for (let row = 0; row < length;) {
    const day = calendar.sessionOf(closeTimeMs[row]!);
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
