import { expect, test } from "vitest";
import { hourMs } from "../../../base/time.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { longestMs, nextOpenMs, sessionCloses, shortestMs, utcCloses, utcOpenOf } from "./bar-grid.ts";

const iso = (timeMs: number | null): string | null =>
  timeMs === null ? null : new Date(timeMs).toISOString().slice(0, 16);

test.each([
  ["1m", "2024-02-29T23:59Z", "2024-03-01T00:00"],
  ["4h", "2024-02-29T20:00Z", "2024-03-01T00:00"],
  ["1d", "2024-02-29", "2024-03-01T00:00"],
  ["3d", "2024-02-29", "2024-03-03T00:00"],
  ["1w", "2024-02-26", "2024-03-04T00:00"],
  ["1M", "2024-02-01", "2024-03-01T00:00"],
  ["1M", "2024-12-01", "2025-01-01T00:00"],
  ["1m", "2024-02-29T23:59:01Z", null],
  ["1d", "2024-02-29T01:00Z", null],
  ["1w", "2024-02-27", null],
  ["1M", "2024-02-02", null],
] as const)("a %s bar that begins %s closes %s", (timeframe, open, close) => {
  const closeMs = utcCloses(timeframe)(Date.parse(open));
  expect(iso(closeMs)).toBe(close);
  if (closeMs !== null) expect(utcOpenOf(closeMs, timeframe)).toBe(Date.parse(open));
});

// 2024: Presidents' Day on Monday 19 February, Good Friday on 29 March, clocks change on 10 March.
test.each([
  ["1d", "2024-03-08T05:00Z", "2024-03-08T21:00"],
  ["1d", "2024-03-11T04:00Z", "2024-03-11T20:00"],
  ["1d", "2024-11-29T05:00Z", "2024-11-29T18:00"],
  ["1w", "2024-02-19T05:00Z", "2024-02-23T21:00"],
  ["1w", "2024-03-25T04:00Z", "2024-03-28T20:00"],
  ["1M", "2024-03-01T05:00Z", "2024-03-28T20:00"],
  ["1h", "2024-03-08T14:00Z", "2024-03-08T15:00"],
  ["4h", "2024-03-08T13:00Z", "2024-03-08T17:00"],
  ["1h", "2024-03-08T14:30Z", null],
] as const)("a %s bar of US stocks that is stamped %s closes %s", (timeframe, open, close) => {
  expect(iso(sessionCloses(timeframe, calendarNamed("us-equity"))(Date.parse(open)))).toBe(close);
});

test("the next stamp where a bar can begin", () => {
  expect(iso(nextOpenMs(Date.parse("2024-03-05T12:34:56Z"), "1h"))).toBe("2024-03-05T13:00");
  expect(iso(nextOpenMs(Date.parse("2024-03-05"), "1d"))).toBe("2024-03-05T00:00");
  expect(iso(nextOpenMs(Date.parse("2024-03-05T12:34:56Z"), "1w"))).toBe("2024-03-05T12:34");
});

test("months are between 28 and 31 days long", () => {
  const spans = (timeframe: Timeframe): number[] => [shortestMs(timeframe), longestMs(timeframe)];
  expect(spans("1M")).toEqual([28 * 24 * hourMs, 31 * 24 * hourMs]);
  expect(spans("4h")).toEqual([4 * hourMs, 4 * hourMs]);
});
