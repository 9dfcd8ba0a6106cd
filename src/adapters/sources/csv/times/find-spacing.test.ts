import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs, minuteMs } from "../../../../base/time.ts";
import { findSpacing } from "./find-spacing.ts";

/** Times from a start on, by the steps between them. */
function timesOf(steps: readonly number[], startMs = Date.UTC(2024, 0, 1)): Float64Array {
  let timeMs = startMs;
  return Float64Array.from([startMs, ...steps.map((step) => (timeMs += step))]);
}

function timeframeOf(steps: readonly number[]): string | null | undefined {
  const times = timesOf(steps);
  return findSpacing(times, times.length)?.timeframe;
}

const repeat = <Item>(items: readonly Item[], times: number): Item[] =>
  Array.from({ length: times }, () => items).flat();
const minutes = (...counts: readonly number[]): number[] => counts.map((count) => count * minuteMs);
const days = (...counts: readonly number[]): number[] => counts.map((count) => count * dayMs);

test("one time has no spacing", () => {
  expect(findSpacing(Float64Array.of(1), 1)).toBeNull();
});

test("minutes without trades are left out: the bars are still minutes", () => {
  expect(timeframeOf(repeat(minutes(2, 2, 3, 2, 4, 1, 2), 10))).toBe("1m");
  expect(timeframeOf(repeat(minutes(2, 3, 5), 10))).toBe("1m");
  expect(timeframeOf(repeat(minutes(10, 15, 25), 10))).toBe("5m");
});

test("any file of bars that lacks some of them keeps its timeframe", () => {
  const frame = fc.constantFrom(1, 3, 5, 15, 30, 60);
  const steps = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 80 });
  const property = fc.property(frame, steps, (length, counts) => {
    // Two neighbours with 2 and 3 between them: without those no rows could tell.
    const all = [2, 3, ...counts].map((count) => count * length * minuteMs);
    const times = timesOf(all);
    expect(findSpacing(times, times.length)!.spanMs).toBe(length * minuteMs);
  });
  fc.assert(property, { seed: 20240131, numRuns: 500 });
});

test("a few rows beside the grid are strays, and the usual step counts", () => {
  const steps = repeat(minutes(5), 60).concat(minutes(3, 2), repeat(minutes(5), 60));
  expect(timeframeOf(steps)).toBe("5m");
});

test("a session of hours that begins with half an hour is one of hours", () => {
  // Interactive Brokers: 09:30, 10:00, 11:00 ... 15:00, and on.
  expect(timeframeOf(repeat(minutes(30, 60, 60, 60, 60, 60, 1110), 8))).toBe("1h");
});

test("sessions of hours that end with half an hour, or have trading around them, are ones of hours", () => {
  // Closes of US shares: 10:30, 11:30 ... 15:30, 16:00.
  expect(timeframeOf(repeat(minutes(60, 60, 60, 60, 60, 30, 1110), 8))).toBe("1h");
  // yfinance with trading before and after: 04:00 ... 09:00, 09:30 ... 15:30, 16:00 ... 19:00.
  const around = [60, 60, 60, 60, 60, 30, 60, 60, 60, 60, 60, 60, 30, 60, 60, 60, 540];
  expect(timeframeOf(repeat(minutes(...around), 5))).toBe("1h");
  // The price of the close as a last row.
  expect(timeframeOf([...repeat(minutes(60, 60, 60, 60, 60, 60, 1080), 5), ...minutes(60, 60, 30)])).toBe(
    "1h",
  );
  // Half hours of which many have no trade are left out here and there.
  expect(timeframeOf(repeat(minutes(60, 30, 60, 60, 30, 30, 60, 60, 1110), 5))).toBe("30m");
  expect(timeframeOf(minutes(60, 60, 60, 30, 60, 60, 60, 60))).toBe("30m");
});

test("nights of any length say nothing about the bars of a session", () => {
  // 65 minutes, six of them a session, from 09:30 on.
  expect(timeframeOf(repeat(minutes(65, 65, 65, 65, 65, 1115), 8))).toBe("65m");
});

test("days stay days where the clocks change, and over weekends", () => {
  expect(timeframeOf([...days(1, 1, 3, 1), dayMs - hourMs, dayMs, 3 * dayMs + hourMs])).toBe("1d");
});

test("weeks and months are told by their usual length, whatever holidays do to them", () => {
  expect(timeframeOf(days(7, 7, 6, 8, 7, 7, 7))).toBe("1w");
  // Last business days of 2021.
  expect(timeframeOf(days(28, 33, 30, 28, 33, 30, 32, 30, 29, 32, 31))).toBe("1M");
  expect(timeframeOf(days(31, 28, 31, 30))).toBe("1M");
  expect(timeframeOf(days(90, 91, 92, 92))).toBe("3M");
  expect(timeframeOf(days(14, 14, 14))).toBe("2w");
});

test("a distance that no unit fits is no timeframe", () => {
  expect(timeframeOf([250, 250])).toBeNull();
});
