import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { forexWeekCalendar } from "./forex-week.ts";

const calendar = forexWeekCalendar();
const dayOf = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / dayMs;

test("the week opens on Sunday and closes on Friday at 17:00 in New York, summer and winter", () => {
  for (const [sunday, openHourUtc] of [
    [Date.UTC(2024, 0, 14), 22],
    [Date.UTC(2024, 6, 14), 21],
    [Date.UTC(2024, 2, 10), 21], // Clocks go forward that very Sunday.
  ] as const) {
    const open = sunday + openHourUtc * hourMs;
    expect(calendar.isOpen(open - 1)).toBe(false);
    expect(calendar.isOpen(open)).toBe(true);
    const close = open + 5 * dayMs;
    expect(calendar.isOpen(close - 1)).toBe(true);
    expect(calendar.isOpen(close)).toBe(false);
  }
});

test("a Sunday evening bar is Monday's, and the day rolls at 17:00 in New York", () => {
  expect(calendar.sessionOf(Date.UTC(2024, 6, 14, 22))).toBe(dayOf(2024, 7, 15));
  expect(calendar.sessionOf(Date.UTC(2024, 6, 15, 21))).toBe(dayOf(2024, 7, 15));
  expect(calendar.sessionOf(Date.UTC(2024, 6, 15, 22))).toBe(dayOf(2024, 7, 16));
});

test("daily bars end at 17:00 in New York and weekly bars on Friday", () => {
  const close = Date.UTC(2024, 6, 16, 10); // A Tuesday.
  expect(calendar.bucketEnd(close, "1d")).toBe(Date.UTC(2024, 6, 16, 21));
  expect(calendar.bucketEnd(close, "1w")).toBe(Date.UTC(2024, 6, 19, 21));
  expect(calendar.bucketEnd(Date.UTC(2024, 6, 14, 22), "1w")).toBe(Date.UTC(2024, 6, 19, 21));
  // March 2024 ends on Good Friday, which is a trading day here; the 31st is a Sunday.
  expect(calendar.bucketEnd(Date.UTC(2024, 2, 20), "1M")).toBe(Date.UTC(2024, 2, 29, 21));
});

test("the days of both clock changes last 24 hours like any other, since clocks change at the weekend", () => {
  expect(calendar.bucketEnd(Date.UTC(2024, 2, 8, 12), "1d")).toBe(Date.UTC(2024, 2, 8, 22));
  expect(calendar.bucketEnd(Date.UTC(2024, 2, 11, 12), "1d")).toBe(Date.UTC(2024, 2, 11, 21));
  expect(calendar.bucketEnd(Date.UTC(2024, 10, 1, 12), "1d")).toBe(Date.UTC(2024, 10, 1, 21));
  expect(calendar.bucketEnd(Date.UTC(2024, 10, 4, 12), "1d")).toBe(Date.UTC(2024, 10, 4, 22));
});

test("intraday bars end at UTC multiples, and at the Friday close at the latest", () => {
  expect(calendar.bucketEnd(Date.UTC(2024, 6, 16, 10, 1), "4h")).toBe(Date.UTC(2024, 6, 16, 12));
  expect(calendar.bucketEnd(Date.UTC(2024, 6, 19, 21), "4h")).toBe(Date.UTC(2024, 6, 19, 21));
  expect(calendar.bucketEnd(Date.UTC(2024, 6, 14, 22), "4h")).toBe(Date.UTC(2024, 6, 15));
});

test("a bar that its source closes at 24:00 UTC on Friday is Friday's, a later weekend bar is Monday's", () => {
  expect(calendar.sessionOf(Date.UTC(2024, 6, 20))).toBe(dayOf(2024, 7, 19));
  expect(calendar.bucketEnd(Date.UTC(2024, 6, 20), "4h")).toBe(Date.UTC(2024, 6, 20));
  expect(calendar.sessionOf(Date.UTC(2024, 6, 20, 12))).toBe(dayOf(2024, 7, 22));
});

test("Christmas and New Year are closed, but a bar on them keeps its day", () => {
  const christmas = Date.UTC(2024, 11, 25, 12);
  expect(calendar.isOpen(christmas)).toBe(false);
  expect(calendar.isOpen(Date.UTC(2024, 11, 25, 23))).toBe(true);
  expect(calendar.isOpen(Date.UTC(2025, 0, 1, 12))).toBe(false);
  expect(calendar.sessionOf(christmas)).toBe(dayOf(2024, 12, 25));
  expect(calendar.bucketEnd(christmas, "1d")).toBe(Date.UTC(2024, 11, 25, 22));
  expect(calendar.missingBars(Date.UTC(2024, 11, 24, 22), Date.UTC(2024, 11, 26, 22), "1d")).toBe(0);
});

test("a weekend misses nothing and a lost Thursday misses 24 hours", () => {
  const friday = Date.UTC(2024, 6, 19, 21);
  expect(calendar.missingBars(friday, Date.UTC(2024, 6, 21, 22), "1h")).toBe(0);
  expect(calendar.missingBars(friday, Date.UTC(2024, 6, 22), "4h")).toBe(0);
  expect(calendar.missingBars(Date.UTC(2024, 6, 20), Date.UTC(2024, 6, 22), "4h")).toBe(0);
  expect(calendar.missingBars(friday, Date.UTC(2024, 6, 22, 21), "1d")).toBe(0);
  const wednesday = Date.UTC(2024, 6, 17, 21);
  expect(calendar.missingBars(wednesday, wednesday + 25 * hourMs, "1h")).toBe(24);
  expect(calendar.missingBars(wednesday, friday, "1d")).toBe(1);
  // A whole week between two Friday closes: 3 hours on Sunday, 29 full bars, 1 hour on Friday.
  expect(calendar.missingBars(friday, friday + 7 * dayMs + 51 * hourMs, "4h")).toBe(31);
});

test("daily bars of UTC days miss nothing from Friday to Monday", () => {
  expect(calendar.missingBars(Date.UTC(2024, 6, 20), Date.UTC(2024, 6, 23), "1d")).toBe(0);
  expect(calendar.missingBars(Date.UTC(2024, 6, 20), Date.UTC(2024, 6, 24), "1d")).toBe(1);
});

/** Bar starts of a test file. */
function startsOf(name: string): readonly number[] {
  const text = gunzipSync(readFileSync(sharedPath("data", name))).toString();
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number.parseInt(line, 10));
}

test.skipIf(!hasShared)("twelve years of real EURUSD weeks open and close when the calendar says", () => {
  const starts = startsOf("fx/EURUSD_OANDA-1h.csv.gz");
  let weekends = 0;
  let openings = 0;
  let closings = 0;
  for (let row = 1; row < starts.length; row++) {
    if (starts[row]! - starts[row - 1]! < 40 * hourMs) continue;
    weekends += 1;
    if (!calendar.isOpen(starts[row]! - minuteMs)) openings += 1;
    if (!calendar.isOpen(starts[row - 1]! + hourMs)) closings += 1;
  }
  // The others begin or end at the holidays of late December, or at a hole in the file (2016-12-16, 2018-10-29).
  expect({ weekends, openings, closings }).toEqual({ weekends: 628, openings: 620, closings: 621 });
});

test.skipIf(!hasShared)("real EURUSD bars outside the hours are those of holidays", () => {
  const outside = startsOf("fx/EURUSD_OANDA-1h.csv.gz").filter((timeMs) => !calendar.isOpen(timeMs));
  expect(outside.length).toBe(44);
  for (const timeMs of outside) {
    expect(new Date(timeMs + 2 * hourMs).toISOString()).toMatch(/-(12-2[56]|01-0[12])T/);
  }
});
