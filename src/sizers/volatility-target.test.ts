import { expect, test } from "vitest";
import { barsFrom, make, testTools, type TestBar } from "../../test/plugin-tools.ts";
import { sliceAt } from "../../test/risk-harness.ts";
import { weigh } from "../../test/sizing-harness.ts";
import { dayMs } from "../base/time.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { volatilityTarget } from "./volatility-target.ts";

/** Closes that rise and fall by `step` of log price in turn. */
function zigzag(step: number, timeframe: Timeframe = "1d") {
  const row = (k: number): TestBar => {
    const close = 100 * Math.exp(k % 2 === 0 ? 0 : step);
    return [close, close, close, close];
  };
  return barsFrom(
    Array.from({ length: 10 }, (_, k) => row(k)),
    timeframe,
    Date.UTC(2024, 0, 2),
  );
}

function sizerOn(
  bars: ReturnType<typeof zigzag>,
  options: Record<string, number> = {},
  calendarName = "24/7",
) {
  const sizer = make(volatilityTarget, { length: 4, ...options }, testTools([bars], calendarName));
  for (let row = 0; row < bars.length; row++) sizer.observe!(sliceAt(bars.closeTimeMs[row]!, row));
  return sizer;
}

// Returns of +s and -s have the sample deviation s x sqrt(4 / 3) over four of them; a year has 365.25 such days.
const deviation = (step: number) => step * Math.sqrt(4 / 3);

test("the position has the target volatility", () => {
  const wanted = 0.15 / (deviation(0.02) * Math.sqrt(365.25));
  expect(weigh(sizerOn(zigzag(0.02)), {})).toBeCloseTo(wanted, 10);
  expect(weigh(sizerOn(zigzag(0.02)), { weight: -0.5 })).toBeCloseTo(-wanted / 2, 10);
  expect(weigh(sizerOn(zigzag(0.02), { target: 0.3 }), {})).toBeCloseTo(2 * wanted, 10);
});

test("a year is as long as the calendar says", () => {
  // Hours of a market that never closes: 24 x 365.25. US shares have about 252 days a year.
  const hourly = weigh(sizerOn(zigzag(0.005, "1h")), {});
  expect(hourly).toBeCloseTo(0.15 / (deviation(0.005) * Math.sqrt(24 * 365.25)), 4);
  const perYear = (0.15 / weigh(sizerOn(zigzag(0.02), {}, "us-equity"), {}) / deviation(0.02)) ** 2;
  expect(perYear).toBeGreaterThan(250);
  expect(perYear).toBeLessThan(253);
});

test("a calm market does not carry it beyond the limit", () => {
  expect(weigh(sizerOn(zigzag(1e-6)), {})).toBe(1);
  expect(weigh(sizerOn(zigzag(0)), {})).toBe(1);
  expect(weigh(sizerOn(zigzag(1e-6), { leverageMax: 3 }), {})).toBe(3);
});

test("before the first estimate a signal gets nothing, which is counted", () => {
  const bars = zigzag(0.02);
  const sizer = make(volatilityTarget, { length: 4 }, testTools([bars]));
  for (let row = 0; row < 4; row++) sizer.observe!(sliceAt(row * dayMs, row));
  expect(weigh(sizer, {})).toBe(0);
  expect([...sizer.refusals!]).toEqual([["volatility-target: the volatility is not known yet", 1]]);
  sizer.observe!(sliceAt(4 * dayMs, 4));
  expect(weigh(sizer, {})).toBeGreaterThan(0);
});

test("the symbols share what there is", () => {
  const bars = [zigzag(1e-6), zigzag(1e-6)];
  const sizer = make(volatilityTarget, { length: 4 }, testTools(bars));
  for (let row = 0; row < 10; row++) sizer.observe!(sliceAt(row * dayMs, row));
  expect(weigh(sizer, {})).toBe(0.5);
});
