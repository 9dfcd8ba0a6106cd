import { clamp } from "../../base/numbers.ts";
import { dayMs, hourMs } from "../../base/time.ts";
import type { Bars } from "../bars.ts";
import { timeframeMs } from "../timeframe.ts";
import type { Calendar } from "./calendar.ts";
import { calendarNamed } from "./calendar-named.ts";
import { isWeekend, weekdayOf } from "./days.ts";
import { isTraded, settledCloses } from "./settle-closes.ts";
import { zoneClock } from "./zone-clock.ts";

type Timed = Pick<Bars, "closeTimeMs" | "length" | "timeframe">;

/** Four weeks hold four weekends, and 1,000 days every holiday three times: enough to tell markets apart. */
const enoughMs = 28 * dayMs;
const [rowsMin, rowsMax] = [1000, 20_000];
/** Extended hours of US shares, New York time: bars in them are no sign of another market. */
const extendedHours = { fromMs: 4 * hourMs, toMs: 20 * hourMs };
/** A session of US shares: no bar within the day is longer. */
const sharesMs = 6.5 * hourMs;
/** In the order in which they come where the bars fit them equally well. */
const names = ["us-equity", "24/7", "24/5"] as const;
const currencies =
  "(EUR|USD|GBP|JPY|CHF|AUD|NZD|CAD|SEK|NOK|DKK|PLN|HUF|CZK|TRY|ZAR|MXN|SGD|HKD|CNH|XAU|XAG)";
const currencyPair = new RegExp(`^${currencies}[/_-]?${currencies}`, "i");
/** Fewer bars on holidays than these do not make another market. */
const holidaysMin = 4;
/** Scores that differ by less are one score. */
const scoreTolerance = 1e-9;

/**
 * The calendar of bars: the one that is named, else the one that they were read on, else the one that their closes
 * show. Days of the currency week that end at midnight UTC, as files with plain dates have them, roll there.
 */
export function barCalendar(bars: Bars, named?: string): Calendar {
  const name = named ?? bars.calendarName ?? detectCalendarName(bars);
  return calendarNamed(name === "24/5" && endsAtMidnightUtc(bars) ? "24/5@UTC" : name);
}

/**
 * Guesses the calendar from when bars close. Of `us-equity`, `24/7` and `24/5` it is the one with the largest product
 * of two shares: bars that lie in its hours, and bars that it expects which are there. A calendar that no bar fits
 * cannot win. Of equal ones (days of one week, a few hours) the currency week comes first for a pair of currencies,
 * for all others shares, then what never closes.
 */
export function detectCalendarName(bars: Bars): string {
  const spanMs = timeframeMs(bars.timeframe);
  const rows = Math.min(bars.length, clamp(Math.ceil(enoughMs / spanMs), rowsMin, rowsMax));
  if (rows === 0) return "24/7";
  if (spanMs > dayMs) return endsOnWeekends(bars, rows) ? "24/7" : "us-equity";
  const shown = { timeframe: bars.timeframe, length: rows, closeTimeMs: bars.closeTimeMs };
  const isPair = currencyPair.test(bars.symbol);
  const fits = new Map<string, Fit>();
  let [best, bestScore] = ["24/7", scoreTolerance];
  for (const name of isPair ? names.toReversed() : names) {
    const fit = fitOf(shown, calendarNamed(name), spanMs);
    fits.set(name, fit);
    const isRuledOut =
      name === "24/5" && spanMs >= dayMs && !isPair && !tradesOnHolidays(fits.get("us-equity")!, fit);
    const score = isRuledOut ? 0 : scoreOf(fit, rows);
    if (score > bestScore + scoreTolerance) [best, bestScore] = [name, score];
    // What fits perfectly cannot be beaten.
    if (bestScore > 1 - scoreTolerance) break;
  }
  return best;
}

/** Whether bars within the day are those of US shares' regular hours, nearly all of them on nearly every day. */
export function fitsShares(bars: Timed): boolean {
  const spanMs = timeframeMs(bars.timeframe);
  if (spanMs >= dayMs) return false;
  const { traded, missing } = fitOf(bars, calendarNamed("us-equity"), spanMs);
  return traded >= 0.95 * bars.length && traded >= 0.9 * (traded + missing);
}

/** How bars lie on a calendar. */
type Fit = {
  /** Bars with trading in them. */
  readonly traded: number;
  /** Bars in the extended hours of US shares. */
  readonly near: number;
  /** Bars on weekdays without trading. */
  readonly onHolidays: number;
  /** Bars that the calendar expects between them. */
  readonly missing: number;
};

/**
 * Share of the bars that fit, times the share of the expected bars that are there. Bars around the regular hours fit
 * where these are the better half or are there whole: hours of London that reach into them are another market's.
 */
function scoreOf({ traded, near, missing }: Fit, rows: number): number {
  if (traded === 0) return 0;
  const there = traded / (traded + missing);
  const fitting = near <= traded || there >= 0.8 ? traded + near : traded;
  return (fitting / rows) * there;
}

/**
 * Whether days of Monday to Friday are not those of US shares: there are bars on their holidays, several and on three
 * of four. A few on wrong days are mistakes of a source, to be told and not to be explained away.
 */
function tradesOnHolidays(shares: Fit, forex: Fit): boolean {
  const without = Math.max(0, forex.missing - shares.missing);
  return shares.onHolidays >= holidaysMin && shares.onHolidays >= 3 * without;
}

function fitOf(bars: Timed, calendar: Calendar, spanMs: number): Fit {
  const { length, timeframe } = bars;
  const closes = settledCloses(bars, calendar);
  const isShares = calendar.name === "us-equity";
  let [traded, near, onHolidays, missing, cut] = [0, 0, 0, 0, 0];
  for (let row = 0; row < length; row++) {
    const closeMs = closes[row]!;
    const isCut = isShares && spanMs === dayMs && calendar.isOpen(closeMs - 1) && calendar.isOpen(closeMs);
    if (isCut) cut += 1;
    if (isTraded(closeMs, spanMs, calendar)) traded += 1;
    else if (isShares && spanMs <= sharesMs && isExtended(closeMs)) near += 1;
    else if (!isWeekend(Math.floor((closeMs - 1) / dayMs))) onHolidays += 1;
    if (row > 0 && closeMs - closes[row - 1]! > spanMs)
      missing += calendar.missingBars(closes[row - 1]!, closeMs, timeframe);
  }
  // Days most of which end in the middle of a session are another market's: midnight in Tokyo is 10:00 in New York.
  return cut > 0.75 * traded
    ? { traded: traded - cut, near, onHolidays: onHolidays + cut, missing }
    : { traded, near, onHolidays, missing };
}

function isExtended(closeMs: number): boolean {
  const localMs = closeMs + zoneClock("America/New_York").offsetAt(closeMs - 1);
  if (isWeekend(Math.floor((localMs - 1) / dayMs))) return false;
  const timeOfDayMs = (((localMs - 1) % dayMs) + dayMs) % dayMs;
  return timeOfDayMs >= extendedHours.fromMs && timeOfDayMs < extendedHours.toMs;
}

/** Weekly bars all end on one day; in a market that never closes that day is Sunday. */
function endsOnWeekends({ closeTimeMs }: Bars, rows: number): boolean {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const weekday = weekdayOf(Math.floor((closeTimeMs[row]! - 1) / dayMs));
    if (weekday === 0 || weekday === 6) count += 1;
  }
  return count >= rows / 10;
}

/** Whether most bars are days that end at midnight UTC; the last of a week may end with the week. */
function endsAtMidnightUtc({ closeTimeMs, length, timeframe }: Bars): boolean {
  if (timeframeMs(timeframe) !== dayMs) return false;
  let count = 0;
  for (let row = 0; row < length; row++) if (closeTimeMs[row]! % dayMs === 0) count += 1;
  return count * 2 > length;
}
