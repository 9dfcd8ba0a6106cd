import { dayNumber, weekdayOf, yearOf } from "./days.ts";

const monday = 1;
const thursday = 4;
const friday = 5;
const saturday = 6;
const sunday = 0;

const fullClose = 16 * 60;
const earlyClose = 13 * 60;
/** The usual early close before 1993. */
const earlyCloseBefore1993 = 14 * 60;

/** Days on which the exchange stayed shut for a reason of their own. */
const specialClosures: readonly (readonly [year: number, month: number, day: number])[] = [
  [1994, 4, 27], // Mourning for President Nixon.
  [2001, 9, 11], // The attacks on New York and Washington.
  [2001, 9, 12],
  [2001, 9, 13],
  [2001, 9, 14],
  [2004, 6, 11], // Mourning for President Reagan.
  [2007, 1, 2], // Mourning for President Ford.
  [2012, 10, 29], // Hurricane Sandy.
  [2012, 10, 30],
  [2018, 12, 5], // Mourning for President G. H. W. Bush.
  [2025, 1, 9], // Mourning for President Carter.
];

/** Early closes that follow no rule: date and closing minute. */
const specialEarlyCloses: readonly (readonly [year: number, month: number, day: number, minute: number])[] = [
  [1990, 12, 24, earlyCloseBefore1993],
  [1991, 12, 24, earlyCloseBefore1993],
  [1992, 11, 27, earlyCloseBefore1993],
  [1992, 12, 24, earlyCloseBefore1993],
  [1994, 2, 11, 14 * 60 + 30], // Snow.
  [1996, 1, 8, 14 * 60], // Snow.
  [1997, 10, 27, 15 * 60 + 30], // The circuit breakers.
  [1997, 12, 26, earlyClose],
  [2003, 12, 26, earlyClose],
];

/** Closing minutes of the dates of one year that are not plain: null where the exchange stays shut. */
type YearTable = ReadonlyMap<number, number | null>;

const tables = new Map<number, YearTable>();

/**
 * The minute of the New York day at which the exchange closes on a weekday, or null on a holiday or special closure.
 * Follows the exchange's rules since 1990 and its special closures up to 2025 ("Holidays and special closings").
 * Late openings are not modelled.
 */
export function usEquityCloseMinute(day: number): number | null {
  const year = yearOf(day);
  let table = tables.get(year);
  if (table === undefined) {
    table = yearTable(year);
    tables.set(year, table);
  }
  const minute = table.get(day);
  return minute === undefined ? fullClose : minute;
}

function yearTable(year: number): YearTable {
  const table = new Map<number, number | null>();
  for (const day of earlyCloses(year)) table.set(day, earlyClose);
  for (const [of, month, day, minute] of specialEarlyCloses) {
    if (of === year) table.set(dayNumber(year, month, day), minute);
  }
  for (const day of holidays(year)) table.set(day, null);
  for (const [of, month, day] of specialClosures) {
    if (of === year) table.set(dayNumber(year, month, day), null);
  }
  return table;
}

function holidays(year: number): readonly number[] {
  const newYear = dayNumber(year, 1, 1);
  const days = [
    // A New Year on Saturday is not moved: Friday belongs to the old year's accounts (rule 7.2).
    weekdayOf(newYear) === sunday ? newYear + 1 : newYear,
    nthWeekday(year, 2, monday, 3), // Washington's birthday.
    easterSunday(year) - 2,
    lastMondayOfMay(year),
    observed(dayNumber(year, 7, 4)),
    nthWeekday(year, 9, monday, 1), // Labor Day.
    nthWeekday(year, 11, thursday, 4), // Thanksgiving.
    observed(dayNumber(year, 12, 25)),
  ];
  if (year >= 1998) days.push(nthWeekday(year, 1, monday, 3)); // Martin Luther King Jr. Day.
  if (year >= 2022) days.push(observed(dayNumber(year, 6, 19))); // Juneteenth.
  return days;
}

/** Days that end at 13:00 by rule: after Thanksgiving, before Christmas, around Independence Day. */
function earlyCloses(year: number): readonly number[] {
  if (year < 1993) return [];
  const days = [nthWeekday(year, 11, thursday, 4) + 1];
  const christmasEve = dayNumber(year, 12, 24);
  if (weekdayOf(christmasEve) >= monday && weekdayOf(christmasEve) <= thursday) days.push(christmasEve);
  if (year >= 1995) days.push(...aroundIndependenceDay(year));
  return days;
}

function aroundIndependenceDay(year: number): readonly number[] {
  const fourth = dayNumber(year, 7, 4);
  const weekday = weekdayOf(fourth);
  // Until 2012 a Thursday holiday shortened the Friday after it, since then the Wednesday before it.
  if (weekday === thursday && year < 2013) return [fourth + 1];
  return weekday > monday && weekday <= friday ? [fourth - 1] : [];
}

/** A holiday on Saturday is kept on Friday, one on Sunday on Monday. */
function observed(day: number): number {
  const weekday = weekdayOf(day);
  return weekday === saturday ? day - 1 : weekday === sunday ? day + 1 : day;
}

function nthWeekday(year: number, month: number, weekday: number, count: number): number {
  const first = dayNumber(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (count - 1);
}

function lastMondayOfMay(year: number): number {
  const last = dayNumber(year, 5, 31);
  return last - ((weekdayOf(last) - monday + 7) % 7);
}

/** Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, ch. 8). */
function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const leapCenturies = Math.floor(century / 4);
  const correction = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - leapCenturies - correction + 15) % 30;
  const leapYears = Math.floor(yearOfCentury / 4);
  const toSunday = (32 + 2 * (century % 4) + 2 * leapYears - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const days = epact + toSunday - 7 * late + 114;
  return dayNumber(year, Math.floor(days / 31), (days % 31) + 1);
}
