import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { usEquityCalendar } from "./us-equity.ts";

const calendar = usEquityCalendar();
const noon = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day, 17);

test("trading is open from 09:30 to 16:00 in New York, summer and winter", () => {
  for (const [date, openHourUtc] of [
    [Date.UTC(2024, 2, 8), 14.5],
    [Date.UTC(2024, 2, 11), 13.5],
    [Date.UTC(2024, 10, 1), 13.5],
    [Date.UTC(2024, 10, 4), 14.5],
  ] as const) {
    const open = date + openHourUtc * hourMs;
    expect(calendar.isOpen(open - 1)).toBe(false);
    expect(calendar.isOpen(open)).toBe(true);
    expect(calendar.isOpen(open + 6.5 * hourMs - 1)).toBe(true);
    expect(calendar.isOpen(open + 6.5 * hourMs)).toBe(false);
  }
  expect(calendar.isOpen(noon(2024, 3, 9))).toBe(false);
});

test("half days end at 13:00", () => {
  const open = Date.UTC(2024, 10, 29, 14, 30); // The day after Thanksgiving.
  expect(calendar.bucketEnd(open + 1, "1d")).toBe(open + 3.5 * hourMs);
  expect(calendar.bucketEnd(open + 3.2 * hourMs, "1h")).toBe(open + 3.5 * hourMs);
  expect(calendar.isOpen(open + 3.5 * hourMs)).toBe(false);
});

test("hours count from the open and the last one is half an hour long", () => {
  const open = Date.UTC(2024, 6, 16, 13, 30);
  expect(calendar.bucketEnd(open + minuteMs, "1h")).toBe(open + hourMs);
  expect(calendar.bucketEnd(open + 6 * hourMs, "1h")).toBe(open + 6 * hourMs);
  expect(calendar.bucketEnd(open + 6 * hourMs + minuteMs, "1h")).toBe(open + 6.5 * hourMs);
  expect(calendar.bucketEnd(open + 5 * hourMs, "4h")).toBe(open + 6.5 * hourMs);
  expect(calendar.bucketEnd(open - hourMs, "1h")).toBe(open - hourMs);
  expect(calendar.bucketEnd(open + 6.5 * hourMs + minuteMs, "1h")).toBe(open + 7.5 * hourMs);
});

test("a daily bar that its file closes at 24:00 UTC belongs to that date's session", () => {
  const tuesday = Date.UTC(2024, 6, 16);
  expect(calendar.sessionOf(tuesday + dayMs)).toBe(tuesday / dayMs);
  expect(calendar.bucketEnd(tuesday + dayMs, "1d")).toBe(tuesday + 20 * hourMs);
  expect(calendar.bucketEnd(tuesday + dayMs, "1w")).toBe(tuesday + 3 * dayMs + 20 * hourMs);
  expect(calendar.sessionOf(tuesday + 20 * hourMs)).toBe(tuesday / dayMs);
});

test("weeks and months end with the close of their last session", () => {
  // 2024-03-29 is Good Friday: the week, the month and the quarter all end on Thursday.
  const thursdayClose = Date.UTC(2024, 2, 28, 20);
  for (const timeframe of ["1w", "1M", "3M"] as const) {
    expect(calendar.bucketEnd(Date.UTC(2024, 2, 26, 18), timeframe)).toBe(thursdayClose);
  }
});

test("nights, weekends and holidays miss no bars; a lost session misses all of its own", () => {
  const friday = Date.UTC(2024, 6, 12, 20);
  const monday = Date.UTC(2024, 6, 15, 13, 30);
  expect(calendar.missingBars(friday, monday + 30 * minuteMs, "30m")).toBe(0);
  expect(calendar.missingBars(friday, monday + hourMs, "1h")).toBe(0);
  expect(calendar.missingBars(friday, monday + 6.5 * hourMs, "1d")).toBe(0);
  expect(calendar.missingBars(friday - 30 * minuteMs, monday + hourMs, "1h")).toBe(1);
  expect(calendar.missingBars(monday + 5 * hourMs, monday + 6.5 * hourMs, "1h")).toBe(1);
  expect(calendar.missingBars(friday, monday + dayMs + minuteMs, "1m")).toBe(390);
  expect(calendar.missingBars(friday, monday + dayMs + 6.5 * hourMs, "1d")).toBe(1);
  // 2024-07-03 13:00 to 2024-07-05: Independence Day lies between.
  expect(calendar.missingBars(Date.UTC(2024, 6, 3, 17), Date.UTC(2024, 6, 5, 14, 30), "1h")).toBe(0);
});

test("bars on a grid of their own are not reported as missing", () => {
  // Whole-hour bars, 10:00 to 16:00 in New York.
  const ten = Date.UTC(2024, 6, 16, 14);
  expect(calendar.missingBars(ten, ten + hourMs, "1h")).toBe(0);
  expect(calendar.missingBars(ten + 6 * hourMs, ten + dayMs, "1h")).toBe(0);
  expect(calendar.missingBars(ten, ten + 3 * hourMs, "1h")).toBe(2);
});

/** Dates of the daily bars of a test file, as day numbers. */
function datesOf(name: string): readonly number[] {
  const text = gunzipSync(readFileSync(sharedPath("data", name))).toString();
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number.parseInt(line, 10) / dayMs);
}

test.skipIf(!hasShared)("every session since 1990 has a real bar, and every real bar is a session", () => {
  for (const [name, bars] of [
    ["equity/SPX-1d.csv.gz", 6553],
    ["equity/SPY-1d.csv.gz", 5774],
  ] as const) {
    const dates = datesOf(name);
    expect(dates.length).toBe(bars);
    let expected = dates[0]!;
    for (const date of dates) {
      while (!calendar.isOpen(expected * dayMs + 15 * hourMs)) expected += 1;
      expect(date).toBe(expected);
      expect(calendar.sessionOf((date + 1) * dayMs)).toBe(date);
      expected += 1;
    }
  }
});
