import { dayMs } from "../../base/time.ts";

/** Number of a calendar day: days since 1970-01-01; `month` is 1 to 12. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / dayMs;
}

/** Calendar year of a day number. */
export function yearOf(day: number): number {
  return new Date(day * dayMs).getUTCFullYear();
}

/** Months from January 1970 to the month of a day number. */
export function monthIndexOf(day: number): number {
  const date = new Date(day * dayMs);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** First day of the month that lies `monthIndex` months after January 1970. */
export function firstDayOfMonth(monthIndex: number): number {
  return Date.UTC(1970, monthIndex, 1) / dayMs;
}

/** 0 is Sunday, 6 is Saturday; 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

/** Whether a day number is a Saturday or a Sunday. */
export function isWeekend(day: number): boolean {
  const weekday = weekdayOf(day);
  return weekday === 0 || weekday === 6;
}
