import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../base/time.ts";
import { utcCalendar } from "./always-open.ts";

const utc = utcCalendar("UTC");
const berlin = utcCalendar("Europe/Berlin");

test("the day of a bar is the day of the instant just before its close", () => {
  expect(utc.sessionOf(10 * dayMs)).toBe(9);
  expect(utc.sessionOf(10 * dayMs + 1)).toBe(10);
  // 2024-06-01 00:00 in Berlin is 22:00 UTC of the day before.
  const midnight = Date.UTC(2024, 4, 31, 22);
  expect(berlin.sessionOf(midnight)).toBe(Date.UTC(2024, 4, 31) / dayMs);
  expect(berlin.sessionOf(midnight + 1)).toBe(Date.UTC(2024, 5, 1) / dayMs);
});

test("bars end at multiples of their length from midnight, weeks on Sunday night, months with the month", () => {
  const close = Date.UTC(2024, 1, 28, 13, 1); // A Wednesday in a leap year.
  expect(utc.bucketEnd(close, "5m")).toBe(Date.UTC(2024, 1, 28, 13, 5));
  expect(utc.bucketEnd(close, "4h")).toBe(Date.UTC(2024, 1, 28, 16));
  expect(utc.bucketEnd(close, "1d")).toBe(Date.UTC(2024, 1, 29));
  expect(utc.bucketEnd(close, "1w")).toBe(Date.UTC(2024, 2, 4));
  expect(utc.bucketEnd(close, "1M")).toBe(Date.UTC(2024, 2, 1));
  expect(utc.bucketEnd(close, "3M")).toBe(Date.UTC(2024, 3, 1));
});

test("a bar that closes on a boundary ends its bucket and does not begin the next", () => {
  const monday = Date.UTC(2024, 6, 1);
  for (const timeframe of ["1m", "1h", "4h", "1d", "1w", "1M"] as const) {
    expect(utc.bucketEnd(monday, timeframe)).toBe(monday);
  }
});

test("the day that loses an hour has 23 and the day that gains one has 25, and both end at local midnight", () => {
  const springStart = Date.UTC(2024, 2, 30, 23);
  expect(berlin.bucketEnd(springStart + 1, "1d") - springStart).toBe(23 * hourMs);
  expect(berlin.bucketEnd(springStart + 22 * hourMs, "4h") - springStart).toBe(23 * hourMs);
  const autumnStart = Date.UTC(2024, 9, 26, 22);
  expect(berlin.bucketEnd(autumnStart + 1, "1d") - autumnStart).toBe(25 * hourMs);
  expect(berlin.bucketEnd(autumnStart + 24.5 * hourMs, "4h") - autumnStart).toBe(25 * hourMs);
});

test("days follow each other without a gap in a zone whose clocks fall back across midnight", () => {
  // St. John's changed its clocks at 00:01 until 2011 (IANA tz database, northamerica).
  const calendar = utcCalendar("America/St_Johns");
  let previous = calendar.sessionOf(Date.UTC(2010, 10, 6));
  for (let timeMs = Date.UTC(2010, 10, 6); timeMs < Date.UTC(2010, 10, 9); timeMs += 30_000) {
    const day = calendar.sessionOf(timeMs);
    expect(day - previous === 0 || day - previous === 1).toBe(true);
    expect(calendar.bucketEnd(timeMs, "1d")).toBeGreaterThanOrEqual(timeMs);
    if (timeMs % (10 * minuteMs) === 0) expect(utcCalendar("America/St_Johns").sessionOf(timeMs)).toBe(day);
    previous = day;
  }
});

test("it is never closed", () => {
  expect(utc.isOpen(Date.UTC(2024, 0, 1, 3))).toBe(true);
  expect(utc.periodsPerYear).toBe(365);
  expect([utc.name, berlin.name]).toEqual(["24/7", "24/7@Europe/Berlin"]);
});

test("missing bars are counted to the exact one", () => {
  const start = Date.UTC(2024, 0, 1);
  expect(utc.missingBars(start, start + hourMs, "1h")).toBe(0);
  expect(utc.missingBars(start, start + 4 * hourMs, "1h")).toBe(3);
  expect(utc.missingBars(start, start + 3 * dayMs, "1d")).toBe(2);
  expect(utc.missingBars(start, start + 21 * dayMs, "1w")).toBe(2);
  expect(utc.missingBars(start, Date.UTC(2024, 3, 1), "1M")).toBe(2);
  // The 23-hour day has a short sixth bar of four hours: 00, 04, 08, 12, 16, 20 and 24 o'clock.
  const springStart = Date.UTC(2024, 2, 30, 23);
  expect(berlin.missingBars(springStart, springStart + 27 * hourMs, "4h")).toBe(6);
});
