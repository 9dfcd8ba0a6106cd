import { expect, test } from "vitest";
import { finerTimeframe, parseTimeframe, timeframeMs, timeframeOf } from "./timeframe.ts";

test("a timeframe is a number and a unit", () => {
  expect(parseTimeframe("15m")).toEqual({ count: 15, unit: "m" });
  expect(parseTimeframe("1M")).toEqual({ count: 1, unit: "M" });
});

test("anything else is refused with the way out", () => {
  for (const text of ["", "m", "0h", "1.5h", "1H", "h1", "99999m", "1y"]) {
    expect(() => parseTimeframe(text)).toThrow(/TIMEFRAME_UNKNOWN/);
  }
});

test("a span is named by the largest unit that divides it", () => {
  expect(timeframeOf(60_000)).toBe("1m");
  expect(timeframeOf(5_400_000)).toBe("90m");
  expect(timeframeOf(86_400_000)).toBe("1d");
  expect(timeframeOf(31 * 86_400_000)).toBe("1M");
  expect(timeframeOf(0.5)).toBeNull();
  expect(timeframeMs("4h")).toBe(4 * 3_600_000);
});

test("what tells the inside of a bar is a common length that divides it, into twelve parts where there is one", () => {
  const finer = ["1M", "1d", "4h", "1h", "30m", "15m", "5m", "2m", "1m", "90s"] as const;
  expect(finer.map(finerTimeframe)).toEqual(["1h", "1h", "15m", "5m", "1m", "1m", "1m", "1m", null, null]);
});
