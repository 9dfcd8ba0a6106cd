import { expect, test } from "vitest";
import {
  evaluate,
  largestGap,
  lastValues,
  skenderQuotes,
  skenderResult,
  startOf,
  tulipCase,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { cmf } from "./cmf.ts";

const bars = barSeries();

test("volume weighs by where the close lies in its bar", () => {
  // By hand: ((11 - 8) - (12 - 11)) / 4 = 0.5 of 10, and a bar without a range counts 0: 5 of 20.
  const column = evaluate(cmf(bars, 2), { high: [12, 10], low: [8, 10], close: [11, 10], volume: [10, 10] });
  expect([...column]).toEqual([Number.NaN, 0.25]);
});

test("a window without volume has no flow", () => {
  const [high, low, close] = [2, 1, 2].map((price) => new Array<number>(6).fill(price));
  // These three volumes leave 5e-23 behind in a running sum.
  const volume = [73345114.26666667, 2.6e-7, 6262172196.44, 0, 0, 0];
  expect(evaluate(cmf(bars, 3), { high: high!, low: low!, close: close!, volume })[5]).toBe(0);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(cmf(bars));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(19);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 20", () => {
  const column = evaluate(cmf(bars), skenderQuotes());
  expect(worstDifference(column, skenderResult("cmf")["cmf"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip's spreadsheet example", () => {
  const [high, low, close, volume, expected] = tulipCase("cmf", "21", "extra");
  const column = evaluate(cmf(bars, 21), { high: high!, low: low!, close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-5);
});
