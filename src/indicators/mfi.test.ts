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
import { mfi } from "./mfi.ts";

const bars = barSeries();

function ofPrices(prices: readonly number[], volume: readonly number[]): number {
  return evaluate(mfi(bars, 2), { high: prices, low: prices, close: prices, volume }).at(-1)!;
}

test("the index is the share of money that came with rising prices", () => {
  // By hand: 11 * 2 = 22 up, 10 * 3 = 30 down: 22 of 52.
  expect(ofPrices([10, 11, 10], [1, 2, 3])).toBeCloseTo((100 * 22) / 52, 12);
});

test("it is 100 without a fall, 0 without a rise and 50 without a flow", () => {
  expect(ofPrices([10, 9, 10, 10, 11], [1.1, 2.3, 3.7, 4.1, 5.3])).toBe(100);
  expect(ofPrices([10, 11, 10, 10, 9], [1.1, 2.3, 3.7, 4.1, 5.3])).toBe(0);
  expect(ofPrices([10, 11, 11, 11], [1.1, 2.3, 3.7, 4.1])).toBe(50);
  expect(ofPrices([10, 11, 10, 11, 10], [1.1, 2.3, 3.7, 0, 0])).toBe(50);
});

test("flows that have left the window leave no trace", () => {
  // Doubling prices keep the flows exact: these four leave -5e-21 behind in a running sum.
  const flows = [2669041719462.8765, 0.00000514, 1.34024986, 9141.02376475];
  const volume = [1, ...flows.map((flow, index) => flow / 2 ** (index + 1)), 1, 1];
  expect(ofPrices([1, 2, 4, 8, 16, 8, 4], volume)).toBe(0);
  expect(ofPrices([1, 2, 4, 8, 16, 16, 16], volume)).toBe(50);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(mfi(bars));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(14);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(mfi(bars), skenderQuotes());
  expect(worstDifference(column, skenderResult("mfi")["mfi"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [high, low, close, volume, expected] = tulipCase("mfi", "5");
  const column = evaluate(mfi(bars, 5), { high: high!, low: low!, close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with the spreadsheet of Achelis", () => {
  const [high, low, close, volume, expected] = tulipCase("mfi", "14", "atoz");
  const column = evaluate(mfi(bars), { high: high!, low: low!, close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(1e-8);
});
