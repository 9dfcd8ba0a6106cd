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
import { stochastic } from "./stochastic.ts";

const bars = barSeries();

test("the raw position is the close in the range of the window", () => {
  // By hand: lowest low 8, highest high 14, close 13: 5 of 6.
  const { k, d } = stochastic(bars, 2, 1, 1);
  const source = { high: [12, 14], low: [8, 10], close: [11, 13] };
  expect(evaluate(k, source)[0]).toBeNaN();
  expect(evaluate(k, source)[1]).toBeCloseTo((100 * 5) / 6, 12);
  expect(evaluate(d, source)[1]).toBeCloseTo((100 * 5) / 6, 12);
});

test("k smooths the position, d smooths k, and both start together", () => {
  // By hand: positions 0, 100, 50 give k = -, 50, 75 and d = 62.5 on the last row.
  const { k, d } = stochastic(bars, 1, 2, 2);
  const source = { high: [2, 2, 2], low: [0, 0, 0], close: [0, 2, 1] };
  expect([...evaluate(k, source)]).toEqual([Number.NaN, Number.NaN, 75]);
  expect([...evaluate(d, source)]).toEqual([Number.NaN, Number.NaN, 62.5]);
});

test("a flat window is neither oversold nor overbought but 50", () => {
  // TA-Lib, Tulip and Skender say 0 here, which reads as oversold.
  const flat = [5, 5, 5, 5, 5, 5];
  expect(evaluate(stochastic(bars, 2, 2, 2).d, { high: flat, low: flat, close: flat })[5]).toBe(50);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(stochastic(bars).k);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(17);
  expect(start.residue).toBe(0);
});

test("d stands right after the warm-up and the window alone decides", () => {
  const start = startOf(stochastic(bars).d);
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(17);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 14, 3, 3", () => {
  const { k, d } = stochastic(bars);
  const expected = skenderResult("stoch");
  // Skender shows k two rows before d.
  expect(worstDifference(evaluate(k, skenderQuotes()), expected["k"]!, 17)).toBeLessThan(1e-9);
  expect(worstDifference(evaluate(d, skenderQuotes()), expected["d"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [high, low, close, expectedK, expectedD] = tulipCase("stoch", "5 3 3");
  const source = { high: high!, low: low!, close: close! };
  const { k, d } = stochastic(bars, 5);
  expect(largestGap(lastValues(evaluate(k, source), expectedK!.length), expectedK!)).toBeLessThan(6e-4);
  expect(largestGap(lastValues(evaluate(d, source), expectedD!.length), expectedD!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with the example of Achelis, page 325, with a simple smoothing", () => {
  const [high, low, close, expectedK, expectedD] = tulipCase("stoch", "5 3 3", "atoz");
  const source = { high: high!, low: low!, close: close! };
  const { k, d } = stochastic(bars, 5);
  expect(largestGap(lastValues(evaluate(k, source), expectedK!.length), expectedK!)).toBeLessThan(6e-5);
  expect(largestGap(lastValues(evaluate(d, source), expectedD!.length), expectedD!)).toBeLessThan(6e-5);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_stochastic");
  expect(largestGap(backtraderRows(evaluate(stochastic(bars).k, quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
  expect(largestGap(backtraderRows(evaluate(stochastic(bars).d, quotes), firstRow), lines[1]!)).toBeLessThan(
    6e-7,
  );
});

test.skipIf(!hasShared)("the fast form agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_stochasticfull");
  const { k, d } = stochastic(bars, 14, 1, 3);
  expect(largestGap(backtraderRows(evaluate(k, quotes), firstRow), lines[0]!)).toBeLessThan(6e-7);
  expect(largestGap(backtraderRows(evaluate(d, quotes), firstRow), lines[1]!)).toBeLessThan(6e-7);
});
