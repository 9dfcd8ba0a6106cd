import { expect, test } from "vitest";
import type { Timeframe } from "../../../../domain/timeframe.ts";
import {
  areClosesOfSessions,
  areLastDays,
  areSessionEnds,
  stampsToCloses,
  type StampRule,
} from "./bar-times.ts";
import { LocalZone } from "./local-zone.ts";

const times = (...dates: readonly string[]): Float64Array =>
  Float64Array.from(dates, (date) => Date.parse(date));

function closes(stamps: Float64Array, rule: Partial<StampRule> & { timeframe: Timeframe }): string[] {
  const result = stamps.slice();
  stampsToCloses(result, result.length, { stamp: "open", isLastDay: false, zone: null, ...rule });
  return Array.from(result, (time) => new Date(time).toISOString().slice(0, 16));
}

test("an open stamp closes one timeframe later", () => {
  const stamps = times("2024-01-31", "2024-03-31");
  expect(closes(stamps, { timeframe: "15m" })).toEqual(["2024-01-31T00:15", "2024-03-31T00:15"]);
  expect(closes(stamps, { timeframe: "1w" })).toEqual(["2024-02-07T00:00", "2024-04-07T00:00"]);
  expect(closes(stamps, { timeframe: "1M" })).toEqual(["2024-02-29T00:00", "2024-04-30T00:00"]);
});

test("a day of a zone closes at its next midnight, 23 hours later in spring", () => {
  const zone = new LocalZone("America/New_York");
  const stamps = times("2024-03-09T05:00Z", "2024-03-10T05:00Z");
  expect(closes(stamps, { timeframe: "1d", zone })).toEqual(["2024-03-10T05:00", "2024-03-11T04:00"]);
});

test("a close stamp stays, a date that names the last day closes when that day is over", () => {
  const stamps = times("2024-01-31", "2024-02-29");
  expect(closes(stamps, { timeframe: "1M", stamp: "close" })).toEqual([
    "2024-01-31T00:00",
    "2024-02-29T00:00",
  ]);
  const labels = closes(stamps, { timeframe: "1M", stamp: "close", isLastDay: true });
  expect(labels).toEqual(["2024-02-01T00:00", "2024-03-01T00:00"]);
});

test("the last millisecond of a bar counts as its close", () => {
  expect(closes(times("2024-01-31T09:59:59.999Z"), { timeframe: "1h", stamp: "close" })).toEqual([
    "2024-01-31T10:00",
  ]);
});

test("months dated at their end and weeks dated on Fridays are labels of their last day", () => {
  const monthEnds = times("2024-01-31", "2024-02-29", "2024-03-28", "2024-04-12");
  expect(areLastDays(monthEnds, 4, "1M", null)).toBe(true);
  expect(areLastDays(times("2024-01-01", "2024-02-01"), 2, "1M", null)).toBe(false);
  expect(areLastDays(times("2006-01-06", "2006-01-13", "2006-01-20"), 3, "1w", null)).toBe(true);
  expect(areLastDays(times("2006-01-02", "2006-01-09", "2006-01-16"), 3, "1w", null)).toBe(false);
  expect(areLastDays(times("2024-01-31", "2024-02-29"), 2, "1d", null)).toBe(false);
});

test("daily stamps at the end of sessions name the close, in summer, in winter and on half days", () => {
  // 16:00 in New York, and 13:00 on the day after Thanksgiving.
  const ends = times(
    "2024-07-01T20:00Z",
    "2024-07-02T20:00Z",
    "2024-11-26T21:00Z",
    "2024-11-27T21:00Z",
    "2024-11-29T18:00Z",
  );
  expect(areSessionEnds(ends, 5, "1d")).toBe(true);
  expect(areSessionEnds(ends, 5, "1h")).toBe(false);
  expect(areSessionEnds(ends, 4, "1d")).toBe(false);
});

test("daily stamps at 17:00 in New York name the close where Fridays have one, and the open where Sundays have", () => {
  const week = times("2024-07-01T21:00Z", "2024-07-02T21:00Z", "2024-07-03T21:00Z", "2024-07-04T21:00Z");
  const friday = Date.parse("2024-07-05T21:00Z");
  const sunday = Date.parse("2024-06-30T21:00Z");
  expect(areSessionEnds(Float64Array.of(...week, friday), 5, "1d")).toBe(true);
  expect(areSessionEnds(Float64Array.of(sunday, ...week), 5, "1d")).toBe(false);
});

test("stamps from the first close of a session to its last are closes, those that name the opening bell are not", () => {
  // In New York; the Friday is a half day.
  const days = ["2024-11-25", "2024-11-26", "2024-11-27", "2024-11-29", "2024-12-02"];
  const of = (clocks: readonly string[], onFriday: readonly string[]) =>
    times(
      ...days.flatMap((day) =>
        (day === "2024-11-29" ? onFriday : clocks).map((clock) => `${day}T${clock}:00-05:00`),
      ),
    );
  const areCloses = (stamps: Float64Array, timeframe: Timeframe = "1h") =>
    areClosesOfSessions(stamps, stamps.length, timeframe);
  const [morning, afternoon] = [
    ["10:30", "11:30", "12:30"],
    ["13:30", "14:30", "15:30", "16:00"],
  ];
  const ends = of([...morning, ...afternoon], [...morning, "13:00"]);
  expect(areCloses(ends)).toBe(true);
  // The first bar is whole: of bars of half an hour the first one is missing on every day.
  expect(areCloses(ends, "30m")).toBe(false);
  expect(areCloses(ends.subarray(0, ends.length - 7))).toBe(false);
  const begins = ["09:30", "10:30", "11:30", "12:30", "13:30", "14:30", "15:30"];
  expect(areCloses(of(begins, begins.slice(0, 4)))).toBe(false);
  expect(areCloses(of([...begins, "16:00"], [...begins.slice(0, 4), "13:00"]))).toBe(false);
  expect(areCloses(of([...morning, ...afternoon, "17:00"], [...morning, "13:00"]))).toBe(false);
  expect(areCloses(of([...morning, "13:30", "14:30", "15:30"], morning))).toBe(false);
});
