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
import { rsi } from "./rsi.ts";

const bars = barSeries();

test("the index is the share of gains in the Wilder averages of all changes", () => {
  // By hand for 2: changes +1, -1 give 0.5 of 1; then +2: gain (0.5 + 2) / 2 = 1.25, loss 0.25.
  const column = evaluate(rsi(bars.close, 2), { close: [10, 11, 10, 12] });
  expect(column[1]).toBeNaN();
  expect(column[2]).toBe(50);
  expect(column[3]).toBeCloseTo((100 * 1.25) / 1.5, 12);
});

test("it is 100 without a loss, 0 without a gain and 50 when nothing has moved", () => {
  const last = (close: readonly number[]): number => evaluate(rsi(bars.close, 3), { close })[4]!;
  expect(last([1, 2, 3, 3, 4])).toBe(100);
  expect(last([4, 3, 3, 2, 1])).toBe(0);
  expect(last([7, 7, 7, 7, 7])).toBe(50);
});

test("the first value stands right after the warm-up and its starting point fades", () => {
  const start = startOf(rsi(bars.close));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(14);
  expect(start.residue).toBeLessThan(0.001);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(rsi(bars.close), skenderQuotes());
  expect(worstDifference(column, skenderResult("rsi")["rsi"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [close, expected] = tulipCase("rsi", "5");
  const column = evaluate(rsi(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with the example of Achelis, page 299", () => {
  const [close, expected] = tulipCase("rsi", "5", "atoz");
  const column = evaluate(rsi(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-5);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_rsi");
  expect(largestGap(backtraderRows(evaluate(rsi(bars.close), quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
});
