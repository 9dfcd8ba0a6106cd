import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../domain/timeframe.ts";
import { barTimes, type BarTimes } from "./bar-times.ts";
import { marketProfile } from "./market-profile.ts";

function timesOf(name: string, timeframe: Timeframe, bars: number, startMs: number): BarTimes {
  return barTimes(calendarNamed(name), timeframe, bars, startMs, marketProfile(name));
}

test("the first bar is the first whole one that begins at or after the start", () => {
  const monday = Date.UTC(2024, 6, 1);
  expect(timesOf("24/7", "4h", 1, monday).closeTimeMs[0]).toBe(monday + 4 * hourMs);
  expect(timesOf("24/7", "4h", 1, monday + 1).closeTimeMs[0]).toBe(monday + 8 * hourMs);
  expect(timesOf("us-equity", "1h", 1, monday).closeTimeMs[0]).toBe(monday + 14.5 * hourMs);
  expect(timesOf("us-equity", "1h", 1, monday + 14 * hourMs).closeTimeMs[0]).toBe(monday + 15.5 * hourMs);
  expect(timesOf("us-equity", "1d", 1, monday + 14 * hourMs).closeTimeMs[0]).toBe(
    monday + dayMs + 20 * hourMs,
  );
  expect(timesOf("24/5", "1h", 1, monday - dayMs).closeTimeMs[0]).toBe(monday - 2 * hourMs);
});

test("the bars of a year share a year of variance, whatever the calendar and the timeframe", () => {
  for (const [name, timeframe, bars] of [
    ["24/7", "1h", 2 * 365 * 24],
    ["24/7", "1d", 2 * 365],
    ["24/5", "1h", 2 * 260 * 24],
    ["24/5", "1d", 2 * 260],
    ["24/5", "1w", 2 * 52],
    ["us-equity", "30m", 2 * 252 * 13],
    ["us-equity", "5m", 2 * 252 * 78],
    ["us-equity", "1d", 2 * 252],
    ["us-equity", "1w", 2 * 52],
    ["us-equity", "1M", 2 * 12],
  ] as const) {
    const startMs = Date.UTC(2023, 0, 1);
    const { deviationDays, closeTimeMs } = timesOf(name, timeframe, bars, startMs);
    const years = (closeTimeMs.at(-1)! - startMs) / (365.25 * dayMs);
    const days = deviationDays.reduce((sum, deviation) => sum + deviation * deviation, 0) / years;
    // Half days, holidays and the width of bars under the shape of the day cost a little.
    expect(Math.abs(days / calendarNamed(name).periodsPerYear - 1)).toBeLessThan(0.03);
  }
});

test("an exchange is lively at the open and the close, and its night falls into the first bar's gap", () => {
  const twoDays = timesOf("us-equity", "30m", 26, Date.UTC(2024, 6, 1));
  const deviationDays = twoDays.deviationDays.slice(13);
  const gapShare = twoDays.gapShare.slice(13);
  const inside = deviationDays.map((deviation, row) => deviation * Math.sqrt(1 - gapShare[row]!));
  expect(inside[0]! / inside[6]!).toBeGreaterThan(1.5);
  expect(inside[12]! / inside[6]!).toBeGreaterThan(1.5);
  expect(gapShare[0]).toBeGreaterThan(0.4);
  expect(gapShare.slice(1)).toEqual(new Float64Array(12));
});
