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
import { cci } from "./cci.ts";

const bars = barSeries();

function ofPrices(prices: readonly number[], length: number): number {
  return evaluate(cci(bars, length), { high: prices, low: prices, close: prices }).at(-1)!;
}

test("the index counts mean deviations, 0.015 of one being a point", () => {
  // By hand: mean of 10, 11, 15 is 12, mean deviation (2 + 1 + 3) / 3 = 2, (15 - 12) / (0.015 * 2) = 100.
  expect(ofPrices([10, 11, 15], 3)).toBeCloseTo(100, 10);
});

test("flat prices give 0, not the rounding of their own mean", () => {
  // Seven times 0.47, added and divided by 7, is not 0.47 in floating point; undamped that reads as 66.7.
  expect(ofPrices([2, 1, ...new Array<number>(7).fill(0.47)], 7)).toBe(0);
  // The same typical price from different bars, whose sums differ in the last bit.
  const source = {
    high: [116.55, 116.54, 116.55],
    low: [115.55, 115.56, 115.55],
    close: [116.05, 116.05, 116.05],
  };
  expect(evaluate(cci(bars, 3), source)[2]).toBe(0);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(cci(bars));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(19);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 20", () => {
  const column = evaluate(cci(bars), skenderQuotes());
  expect(worstDifference(column, skenderResult("cci")["cci"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [high, low, close, expected] = tulipCase("cci", "5");
  const column = evaluate(cci(bars, 5), { high: high!, low: low!, close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with the example of Achelis, page 105", () => {
  const [high, low, close, expected] = tulipCase("cci", "5", "atoz");
  const column = evaluate(cci(bars, 5), { high: high!, low: low!, close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-5);
});

// backtrader measures every row of the deviation from that row's own mean: another indicator.
