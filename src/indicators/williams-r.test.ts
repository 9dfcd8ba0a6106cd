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
  syntheticBars,
  tulipCase,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { williamsR } from "./williams-r.ts";

const bars = barSeries();

test("%R is the distance of the close below the highest high", () => {
  // By hand: highest high 14, lowest low 8, close 13: -1 of 6.
  const column = evaluate(williamsR(bars, 2), { high: [12, 14], low: [8, 10], close: [11, 13] });
  expect(column[0]).toBeNaN();
  expect(column[1]).toBeCloseTo(-100 / 6, 12);
});

test("it never leaves -100 to 0, and a flat window gives -50", () => {
  const { high, low } = syntheticBars();
  expect(Math.max(...evaluate(williamsR(bars, 1), { high, low, close: high }))).toBe(0);
  expect(Math.min(...evaluate(williamsR(bars, 1), { high, low, close: low }))).toBe(-100);
  expect(evaluate(williamsR(bars, 2), { high: [5, 5], low: [5, 5], close: [5, 5] })[1]).toBe(-50);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(williamsR(bars));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(13);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(williamsR(bars), skenderQuotes());
  expect(worstDifference(column, skenderResult("willr")["williamsR"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [high, low, close, expected] = tulipCase("willr", "5");
  const column = evaluate(williamsR(bars, 5), { high: high!, low: low!, close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with the example of Achelis, page 371", () => {
  const [high, low, close, expected] = tulipCase("willr", "5", "atoz");
  const column = evaluate(williamsR(bars, 5), { high: high!, low: low!, close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_williamsr");
  expect(largestGap(backtraderRows(evaluate(williamsR(bars), quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
});
