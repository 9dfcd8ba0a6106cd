import { expect, test } from "vitest";
import {
  backtraderCase,
  backtraderQuotes,
  backtraderRows,
  evaluate,
  largestGap,
  skenderQuotes,
  skenderResult,
  startOf,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { ema } from "./ema.ts";

const bars = barSeries();

test("an EMA starts from a plain mean and then moves by half of each surprise when its length is 3", () => {
  // By hand: seed (2 + 4 + 6) / 3 = 4, then 4 + (8 - 4) / 2 = 6, then 6 + (12 - 6) / 2 = 9.
  expect([...evaluate(ema(bars.close, 3), { close: [2, 4, 6, 8, 12] })]).toEqual([
    Number.NaN,
    Number.NaN,
    4,
    6,
    9,
  ]);
});

test("an EMA of flat prices is exactly the price", () => {
  const close = new Array<number>(50).fill(0.1);
  expect(new Set(evaluate(ema(bars.close, 7), { close }).subarray(6))).toEqual(new Set([0.1]));
});

test("the first value stands right after the warm-up and its starting point fades", () => {
  const start = startOf(ema(bars.close, 20));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(19);
  expect(start.residue).toBeLessThan(0.001);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 20", () => {
  const column = evaluate(ema(bars.close, 20), skenderQuotes());
  expect(worstDifference(column, skenderResult("ema")["ema"]!)).toBeLessThan(1e-9);
});

// Tulip Indicators and Achelis seed with the first value instead of a mean: not comparable on their 15 rows.
test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_ema");
  expect(largestGap(backtraderRows(evaluate(ema(bars.close, 30), quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
});
