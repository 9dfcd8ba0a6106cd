import { dayMs, hourMs } from "../../../../base/time.ts";
import { isWeekend, weekdayOf } from "../../../../domain/calendar/days.ts";
import { parseTimeframe, type Timeframe } from "../../../../domain/timeframe.ts";
import type { LocalZone } from "./local-zone.ts";

/** More weekdays than these in a row do not come without a weekend. */
const rowsMin = 8;
/** Days on weekends up to this share are mistakes of a source. */
const strayShareMax = 0.02;
/** So much of a week is a Saturday where days are Tuesdays to Saturdays. */
const saturdayShareMin = 0.1;
const [monday, saturday] = [1, 6];
/** The latest days on which the first session of a week or a month can be. */
const lateWeekday = 3;
const lateDate = 5;

/** Where the bars begin whose stamps are labels: wall clock times, one for each row. */
export type Labels = { readonly startsMs: Float64Array; readonly isFirstSession: boolean };

/**
 * Stamps that are labels of a session and not the instants at which bars begin, or null:
 * - days with a time of day, from Monday to Friday (the bell of any exchange): the day of the stamp counts;
 * - days from Tuesday to Saturday: the ends of the days before;
 * - weeks and months that are called after their first session, on Tuesday after a holiday or on the third of a month.
 */
export function findLabels(
  timesMs: Float64Array,
  length: number,
  timeframe: Timeframe,
  zone: LocalZone | null,
): Labels | null {
  if (length < rowsMin) return null;
  const wallsMs = timesMs.slice(0, length);
  if (zone !== null) for (let row = 0; row < length; row++) wallsMs[row] = zone.wallOf(wallsMs[row]!);
  const { unit, count } = parseTimeframe(timeframe);
  if (unit === "w" && count === 1) return ofWeeks(wallsMs);
  if (unit === "M") return ofMonths(wallsMs);
  return timeframe === "1d" ? ofDays(wallsMs) : null;
}

function ofDays(wallsMs: Float64Array): Labels | null {
  const days = wallsMs.map((wallMs) => Math.floor(wallMs / dayMs));
  const startsMs = days.map((day) => day * dayMs);
  const onWeekends = days.filter((day) => isWeekend(day)).length;
  if (onWeekends <= strayShareMax * days.length) {
    const timed = wallsMs.filter((wallMs, row) => wallMs !== startsMs[row]).length;
    return timed * 2 >= wallsMs.length ? { startsMs, isFirstSession: false } : null;
  }
  const saturdays = days.filter((day) => weekdayOf(day) === saturday).length;
  const areEnds =
    saturdays >= saturdayShareMin * days.length &&
    days.every((day) => weekdayOf(day) > monday) &&
    wallsMs.every((wallMs, row) => wallMs - startsMs[row]! <= 12 * hourMs);
  return areEnds
    ? { startsMs: startsMs.map((dayStartMs) => dayStartMs - dayMs), isFirstSession: false }
    : null;
}

function ofWeeks(wallsMs: Float64Array): Labels | null {
  const days = wallsMs.map((wallMs) => Math.floor(wallMs / dayMs));
  const mondays = days.filter((day) => weekdayOf(day) === monday).length;
  if (mondays === days.length || mondays * 2 <= days.length) return null;
  if (!days.every((day) => weekdayOf(day) >= monday && weekdayOf(day) <= lateWeekday)) return null;
  return { startsMs: days.map((day) => (day - weekdayOf(day) + monday) * dayMs), isFirstSession: true };
}

function ofMonths(wallsMs: Float64Array): Labels | null {
  const dates = Array.from(wallsMs, (wallMs) => new Date(wallMs).getUTCDate());
  const isLabelled = dates.every((date) => date <= lateDate) && dates.some((date) => date > 1);
  if (!isLabelled || wallsMs.some((wallMs) => isWeekend(Math.floor(wallMs / dayMs)))) return null;
  const startOf = (wallMs: number, row: number): number =>
    Math.floor(wallMs / dayMs) * dayMs - (dates[row]! - 1) * dayMs;
  return { startsMs: wallsMs.map(startOf), isFirstSession: true };
}
