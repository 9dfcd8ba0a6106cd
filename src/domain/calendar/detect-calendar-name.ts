import { dayMs, hourMs } from "../../base/time.ts";
import type { Bars } from "../bars.ts";
import { timeframeMs } from "../timeframe.ts";
import { weekdayOf } from "./days.ts";

/** Two weeks of minutes hold two weekends: enough to tell markets apart. */
const rowsMax = 20_000;
/** Extended hours of US shares cover 16 hours of the day (17 with the change of clocks). */
const aroundTheClockMs = 20 * hourMs;
/** No bar of US shares closes after one and until eight o'clock UTC, summer or winter, extended hours included. */
const deepNight = { fromMs: hourMs, toMs: 8 * hourMs };

/**
 * Guesses the calendar from when the bars close: `24/7` where weekend bars are common, `24/5` where bars come at
 * night or on Sunday but not on Saturday, else `us-equity`. Without bars, or around the clock or by night on days that
 * hold no weekend, it says `24/7`.
 */
export function detectCalendarName(bars: Bars): string {
  const rows = Math.min(bars.length, rowsMax);
  if (rows === 0) return "24/7";
  const spanMs = timeframeMs(bars.timeframe);
  const perWeekday = countPerWeekday(bars, rows);
  const [sundays = 0, , , , , , saturdays = 0] = perWeekday;
  // Weekly bars all end on one day; in a market that never closes that day is Sunday.
  if (spanMs > dayMs) return sundays + saturdays >= rows / 10 ? "24/7" : "us-equity";
  if (saturdays >= rows / 14) return "24/7";
  if (sundays > 0) return hasSaturdayBetween(bars, rows) ? "24/5" : "24/7";
  const isForeign = coveredMs(bars, rows, spanMs) >= aroundTheClockMs || nights(bars, rows) > rows / 20;
  if (spanMs < dayMs && isForeign) return hasSaturdayBetween(bars, rows) ? "24/5" : "24/7";
  return "us-equity";
}

/** Bars that close while no US share trades. */
function nights(bars: Bars, rows: number): number {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const timeOfDayMs = bars.closeTimeMs[row]! % dayMs;
    if (timeOfDayMs > deepNight.fromMs && timeOfDayMs <= deepNight.toMs) count += 1;
  }
  return count;
}

/** Bars per UTC weekday of the instant just before the close; index 0 is Sunday. */
function countPerWeekday(bars: Bars, rows: number): readonly number[] {
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const weekday = weekdayOf(dayOfRow(bars, row));
    counts[weekday] = counts[weekday]! + 1;
  }
  return counts;
}

/** Whether a whole Saturday lies between the first and the last of the rows. */
function hasSaturdayBetween(bars: Bars, rows: number): boolean {
  const first = dayOfRow(bars, 0);
  const last = dayOfRow(bars, rows - 1);
  return last - first > 6 || weekdayOf(last) < weekdayOf(first);
}

/** How much of the UTC day the bars cover, taken over all days. */
function coveredMs(bars: Bars, rows: number, spanMs: number): number {
  const slots = new Set<number>();
  for (let row = 0; row < rows; row++) slots.add(Math.floor(((bars.closeTimeMs[row]! - 1) % dayMs) / spanMs));
  return slots.size * spanMs;
}

function dayOfRow(bars: Bars, row: number): number {
  return Math.floor((bars.closeTimeMs[row]! - 1) / dayMs);
}
