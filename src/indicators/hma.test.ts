import { expect, test } from "vitest";
import {
  backtraderCase,
  backtraderQuotes,
  backtraderRows,
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
import { hma } from "./hma.ts";

const bars = barSeries();

test("the Hull average of a straight line has no lag", () => {
  // By hand for 4: the wma of 2 lags 1/3, that of 4 lags 1; 2 * (t - 1/3) - (t - 1) = t + 1/3, and the last
  // wma of 2 takes the 1/3 off again.
  const column = evaluate(hma(bars.close, 4), { close: [1, 2, 3, 4, 5, 6] });
  expect(column[3]).toBeNaN();
  expect(column[4]).toBeCloseTo(5, 12);
  expect(column[5]).toBeCloseTo(6, 12);
});

test("the Hull average of flat prices is exactly the price", () => {
  const close = new Array<number>(60).fill(0.1);
  expect(new Set(evaluate(hma(bars.close, 14), { close }).subarray(15))).toEqual(new Set([0.1]));
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(hma(bars.close, 14));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(15);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(hma(bars.close, 14), skenderQuotes());
  expect(worstDifference(column, skenderResult("hma")["hma"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [close, expected] = tulipCase("hma", "5");
  const column = evaluate(hma(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_hma");
  expect(largestGap(backtraderRows(evaluate(hma(bars.close, 30), quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
});
