import { dayMs } from "../../base/time.ts";

/** A mean calendar year of the Julian calendar: nobody's year is shorter or longer for long. */
const yearMs = 365.25 * dayMs;

/** Growth over less than a quarter says nothing about a year: ten days of +5 % are no 490 %. */
const yearsMin = 90 / 365.25;

/** Fewer returns than this have no volatility worth the name. */
export const periodsMin = 10;

/** Years by the clock, weekends and holidays and gaps included. */
export function yearsBetween(fromMs: number, toMs: number): number {
  return (toMs - fromMs) / yearMs;
}

/** Whether a number of years is long enough to speak of what happens in one. */
export function isLongEnough(years: number): boolean {
  // A quarter that ends at the hour it began must not fail by a rounding error.
  return years >= yearsMin - 1e-9;
}

/** N: periods seen over years that passed, so that 52 weekly bars of a year are 52 and not 52 of 252. */
export function periodsPerYearOf(periods: number, years: number, expected: number): number {
  return periods > 0 && years > 0 ? periods / years : expected;
}
