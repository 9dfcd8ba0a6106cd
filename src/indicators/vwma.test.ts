import { expect, test } from "vitest";
import {
  evaluate,
  largestGap,
  lastValues,
  skenderQuotes,
  skenderResult,
  startOf,
  syntheticBars,
  tulipCase,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { vwma } from "./vwma.ts";

const bars = barSeries();

test("closes weigh by their volume", () => {
  // By hand: (10 * 1 + 20 * 3) / 4 = 17.5 and (20 * 3 + 30 * 0) / 3 = 20.
  const column = evaluate(vwma(bars, 2), { close: [10, 20, 30], volume: [1, 3, 0] });
  expect([...column]).toEqual([Number.NaN, 17.5, 20]);
});

test("a window without volume gives the plain mean, whatever volume came before", () => {
  // These three volumes leave 5e-23 behind in a running sum.
  const volume = [73345114.26666667, 2.6e-7, 6262172196.44, 0, 0, 0];
  expect(evaluate(vwma(bars, 3), { close: [1, 2, 3, 4, 5, 9], volume })[5]).toBe(6);
});

test("flat prices give exactly the price, whatever the volume", () => {
  const { volume } = syntheticBars();
  const close = volume.map(() => 0.1);
  expect(new Set(evaluate(vwma(bars, 7), { close, volume }).subarray(6))).toEqual(new Set([0.1]));
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(vwma(bars, 14));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(13);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(vwma(bars, 14), skenderQuotes());
  expect(worstDifference(column, skenderResult("vwma")["vwma"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [close, volume, expected] = tulipCase("vwma", "5");
  const column = evaluate(vwma(bars, 5), { close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with Tulip's spreadsheet example", () => {
  const [close, volume, expected] = tulipCase("vwma", "4", "extra");
  const column = evaluate(vwma(bars, 4), { close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-5);
});
