import * as fc from "fast-check";
import { expect, test } from "vitest";
import { minuteMs } from "../../base/time.ts";
import type { Timeframe } from "../timeframe.ts";
import { utcCalendar } from "./always-open.ts";
import { forexWeekCalendar } from "./forex-week.ts";
import { usEquityCalendar } from "./us-equity.ts";

const builders = [
  () => utcCalendar("UTC"),
  () => utcCalendar("Europe/Berlin"),
  () => utcCalendar("Australia/Lord_Howe"),
  forexWeekCalendar,
  usEquityCalendar,
];
const timeframes: readonly Timeframe[] = [
  "1m",
  "5m",
  "45m",
  "1h",
  "4h",
  "7h",
  "12h",
  "1d",
  "3d",
  "1w",
  "2w",
  "1M",
  "3M",
];
const settings = { seed: 20_240_310, numRuns: 300 };

/** Mostly anywhere in 1990 to 2035, often around the clock changes of 2024. */
const anyTime = fc
  .oneof(
    fc.integer({ min: Date.UTC(1990, 0, 1) / minuteMs, max: Date.UTC(2035, 0, 1) / minuteMs }),
    fc.integer({ min: Date.UTC(2024, 2, 8) / minuteMs, max: Date.UTC(2024, 3, 2) / minuteMs }),
    fc.integer({ min: Date.UTC(2024, 9, 25) / minuteMs, max: Date.UTC(2024, 10, 6) / minuteMs }),
  )
  .map((minutes) => minutes * minuteMs);

test("a bar inside trading hours closes no later than its bucket, and the bucket's end is its own end", () => {
  for (const build of builders) {
    const calendar = build();
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...timeframes), (timeMs, timeframe) => {
        if (!calendar.isOpen(timeMs - 1)) return;
        const end = calendar.bucketEnd(timeMs, timeframe);
        expect(end).toBeGreaterThanOrEqual(timeMs);
        expect(calendar.bucketEnd(end, timeframe)).toBe(end);
      }),
      settings,
    );
  }
});

test("sessions and bucket ends never go back in time, in or out of hours", () => {
  for (const build of builders) {
    const calendar = build();
    const step = fc.integer({ min: 0, max: 4 * 24 * 60 });
    fc.assert(
      fc.property(anyTime, step, fc.constantFrom(...timeframes), (timeMs, minutes, timeframe) => {
        const laterMs = timeMs + minutes * minuteMs;
        expect(calendar.sessionOf(laterMs)).toBeGreaterThanOrEqual(calendar.sessionOf(timeMs));
        expect(calendar.bucketEnd(laterMs, timeframe)).toBeGreaterThanOrEqual(
          calendar.bucketEnd(timeMs, timeframe),
        );
      }),
      settings,
    );
  }
});

test("an answer does not depend on what was asked before", () => {
  for (const build of builders) {
    const used = build();
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...timeframes), (timeMs, timeframe) => {
        const fresh = build();
        expect(used.sessionOf(timeMs)).toBe(fresh.sessionOf(timeMs));
        expect(used.bucketEnd(timeMs, timeframe)).toBe(fresh.bucketEnd(timeMs, timeframe));
        expect(used.isOpen(timeMs)).toBe(fresh.isOpen(timeMs));
      }),
      { ...settings, numRuns: 60 },
    );
  }
});

test("missing bars add up: those before a bar, the bar itself, those after it", () => {
  for (const build of builders) {
    const calendar = build();
    const inner: readonly Timeframe[] = ["1h", "4h", "1d", "1w", "1M"];
    fc.assert(
      fc.property(anyTime, fc.constantFrom(...inner), fc.nat(30), fc.nat(30), (timeMs, timeframe, a, b) => {
        const closes = [nextClose(calendar, timeMs, timeframe)];
        for (let k = 0; k < a + b + 2; k++) closes.push(nextClose(calendar, closes.at(-1)! + 1, timeframe));
        const [first, middle, last] = [closes[0]!, closes[a + 1]!, closes[a + b + 2]!];
        expect(calendar.missingBars(first, middle, timeframe)).toBe(a);
        expect(calendar.missingBars(middle, last, timeframe)).toBe(b);
        expect(calendar.missingBars(first, last, timeframe)).toBe(a + b + 1);
      }),
      { ...settings, numRuns: 60 },
    );
  }
});

test("a timeframe that does not exist is refused", () => {
  expect(() => utcCalendar("UTC").bucketEnd(0, "1x" as Timeframe)).toThrow(/TIMEFRAME_UNKNOWN/);
});

/** The end of the first bucket that has open time at or after `timeMs`. */
function nextClose(
  calendar: ReturnType<typeof usEquityCalendar>,
  timeMs: number,
  timeframe: Timeframe,
): number {
  let at = timeMs;
  while (!calendar.isOpen(at - 1)) at += at % (30 * minuteMs) === 0 ? 30 * minuteMs : minuteMs;
  return calendar.bucketEnd(at, timeframe);
}

test("a market opens next at an instant at which it is open, and at none before", () => {
  for (const build of builders) {
    const calendar = build();
    fc.assert(
      fc.property(anyTime, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (timeMs, share) => {
        const opensMs = calendar.opensAt(timeMs);
        expect(opensMs).toBeGreaterThanOrEqual(timeMs);
        expect(calendar.isOpen(opensMs)).toBe(true);
        expect(calendar.isOpen(timeMs)).toBe(opensMs === timeMs);
        if (opensMs > timeMs)
          expect(calendar.isOpen(timeMs + Math.floor(share * (opensMs - timeMs - 1)))).toBe(false);
      }),
      settings,
    );
  }
});
