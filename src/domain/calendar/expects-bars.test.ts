import { expect, test } from "vitest";
import type { Timeframe } from "../timeframe.ts";
import { calendarNamed } from "./calendar-named.ts";
import { expectedBars, expectsBars } from "./expects-bars.ts";

const cases: readonly (readonly [string, Timeframe, string, string, number])[] = [
  ["24/7", "1h", "2024-03-05T12:00:00Z", "2024-03-05T13:00:00.000Z", 0],
  ["24/7", "1h", "2024-03-05T12:00:00Z", "2024-03-05T13:00:00.001Z", 1],
  ["24/7", "1h", "2024-03-05T12:00:00Z", "2024-03-05T15:00:00.001Z", 3],
  // Counted from a bar that closes at half past, as the source's bars do.
  ["24/7", "1h", "2024-03-05T12:30:00Z", "2024-03-05T15:10:00.000Z", 2],
  ["24/7", "1d", "2024-03-05", "2024-03-05T23:59:00Z", 0],
  ["24/7", "1d", "2024-03-05", "2024-03-06T00:00:00.001Z", 1],
  ["24/7", "1d", "2024-03-05", "2024-03-08T00:00:00.000Z", 2],
  ["24/7", "1w", "2024-03-04", "2024-03-10T23:59:59Z", 0],
  ["24/7", "1w", "2024-03-04", "2024-03-11T00:00:00.001Z", 1],
  ["24/7", "1M", "2024-03-01", "2024-03-31T23:00:00Z", 0],
  ["24/7", "1M", "2024-03-01", "2024-04-01T00:00:00.001Z", 1],
  // Friday's close is 21:00 UTC in winter; Monday's bar exists from Monday's close on (NYSE: hours and calendars).
  ["us-equity", "1d", "2024-03-01T21:00:00Z", "2024-03-04T20:59:00Z", 0],
  ["us-equity", "1d", "2024-03-01T21:00:00Z", "2024-03-04T21:00:00.001Z", 1],
  ["us-equity", "1d", "2024-03-01T21:00:00Z", "2024-03-06T22:00:00Z", 3],
  ["us-equity", "5m", "2024-03-01T21:00:00Z", "2024-03-04T14:34:00Z", 0],
  ["us-equity", "5m", "2024-03-01T21:00:00Z", "2024-03-04T14:36:00Z", 1],
  ["us-equity", "5m", "2024-03-01T21:00:00Z", "2024-03-04T14:00:00.001Z", 0],
  ["us-equity", "1h", "2024-03-01T21:00:00Z", "2024-03-01T23:00:00.001Z", 0],
  // Good Friday of 2024 was 29 March.
  ["us-equity", "1d", "2024-03-28T20:00:00Z", "2024-03-31T12:00:00Z", 0],
  ["us-equity", "1d", "2024-03-28T20:00:00Z", "2024-03-29T21:00:00Z", 0],
  ["us-equity", "1d", "2024-03-28T20:00:00Z", "2024-03-31T21:00:00Z", 0],
  ["us-equity", "1d", "2024-03-28T20:00:00Z", "2024-04-01T20:00:00.001Z", 1],
  ["us-equity", "1w", "2024-03-22T20:00:00Z", "2024-03-31T21:00:00Z", 1],
  // A bar of an hour that the end of the session cuts to half.
  ["us-equity", "1h", "2024-03-01T20:30:00Z", "2024-03-01T21:00:00.001Z", 1],
  // Daily bars from files close at midnight UTC.
  ["us-equity", "1d", "2024-03-02T00:00:00Z", "2024-03-04T12:00:00Z", 0],
  ["us-equity", "1d", "2024-03-02T00:00:00Z", "2024-03-05T00:00:00.001Z", 1],
  ["24/5", "1d", "2024-03-01T22:00:00Z", "2024-03-03T23:00:00Z", 0],
  ["24/5", "1h", "2024-03-01T22:00:00Z", "2024-03-03T21:00:00Z", 0],
];

test.each(cases)(
  "%s expects of %s bars after %s and before %s: %i",
  (name, timeframe, from, until, count) => {
    const question = [calendarNamed(name), timeframe, Date.parse(from), Date.parse(until)] as const;
    expect(expectedBars(...question)).toBe(count);
    expect(expectsBars(...question)).toBe(count > 0);
  },
);

test("nothing is expected where there is no time", () => {
  const nowMs = Date.parse("2024-03-05T12:00:00Z");
  expect(expectedBars(calendarNamed("24/7"), "1m", nowMs, nowMs)).toBe(0);
  expect(expectedBars(calendarNamed("24/7"), "1m", nowMs, nowMs + 1)).toBe(0);
});
