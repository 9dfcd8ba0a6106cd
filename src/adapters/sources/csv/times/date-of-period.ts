import { dayMs } from "../../../../base/time.ts";

const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const yearMonth = /^(\d{4})[-/.](\d{1,2})$/;
const monthYear = /^(\d{1,2})[-/.](\d{4})$/;
const namedMonth = /^([a-z]{3})[a-z]{0,6}\.?,?[- /](\d{4})$/i;
const quarter = /^(\d{4})[- ]?Q([1-4])$/i;
const quarterFirst = /^Q([1-4])[-/ ](\d{4})$/i;
/** ISO 8601: weeks begin on Monday, and the first of a year holds its 4 January. */
const isoWeek = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i;
const ordinalDay = /^(\d{4})-(\d{3})$/;

/**
 * The date, as `yyyy-mm-dd`, on which a month (`2024-01`, `01/2024`, `Jan 2024`), a quarter (`2024-Q1`), a week
 * (`2024-W05`) or a day by its number in the year (`2024-032`) begins; null for every other text.
 */
export function dateOfPeriod(text: string): string | null {
  const month = monthOf(text);
  if (month !== null) return month;
  const week = isoWeek.exec(text);
  if (week !== null) {
    const day = firstMonday(Number(week[1])) + (Number(week[2]) - 1) * 7 + Number(week[3] ?? 1) - 1;
    const isOfYear = Number(week[2]) >= 1 && day < firstMonday(Number(week[1]) + 1);
    return isOfYear ? isoDate(day) : null;
  }
  const ordinal = ordinalDay.exec(text);
  if (ordinal === null) return null;
  const day = Date.UTC(Number(ordinal[1]), 0, 1) / dayMs + Number(ordinal[2]) - 1;
  return Number(ordinal[2]) >= 1 && isoDate(day).startsWith(ordinal[1]!) ? isoDate(day) : null;
}

function monthOf(text: string): string | null {
  const forward = yearMonth.exec(text);
  if (forward !== null) return firstOf(forward[1]!, Number(forward[2]));
  const backward = monthYear.exec(text);
  if (backward !== null) return firstOf(backward[2]!, Number(backward[1]));
  const named = namedMonth.exec(text);
  if (named !== null) return firstOf(named[2]!, monthNames.indexOf(named[1]!.toLowerCase()) + 1);
  const ofYear = quarter.exec(text);
  if (ofYear !== null) return firstOf(ofYear[1]!, Number(ofYear[2]) * 3 - 2);
  const withYear = quarterFirst.exec(text);
  return withYear === null ? null : firstOf(withYear[2]!, Number(withYear[1]) * 3 - 2);
}

function firstOf(year: string, month: number): string | null {
  return month >= 1 && month <= 12 ? `${year}-${String(month).padStart(2, "0")}-01` : null;
}

/** Day, from 1970, of the Monday on which the first ISO week of a year begins. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4) / dayMs;
  return fourth - ((fourth + 3) % 7);
}

function isoDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
