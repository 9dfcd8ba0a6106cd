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
import { wma } from "./wma.ts";

const bars = barSeries();

test("the newest value weighs most", () => {
  // By hand: (1*1 + 2*2 + 3*6) / 6 = 23/6 and (1*2 + 2*6 + 3*4) / 6 = 26/6.
  const column = evaluate(wma(bars.close, 3), { close: [1, 2, 6, 4] });
  expect(column[1]).toBeNaN();
  expect(column[2]).toBeCloseTo(23 / 6, 12);
  expect(column[3]).toBeCloseTo(26 / 6, 12);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(wma(bars.close, 14));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(13);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(wma(bars.close, 14), skenderQuotes());
  expect(worstDifference(column, skenderResult("wma")["wma"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [close, expected] = tulipCase("wma", "5");
  const column = evaluate(wma(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with the example of Achelis, page 213", () => {
  const [close, expected] = tulipCase("wma", "5", "atoz");
  const column = evaluate(wma(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-5);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_wma");
  expect(largestGap(backtraderRows(evaluate(wma(bars.close, 30), quotes), firstRow), lines[0]!)).toBeLessThan(
    6e-7,
  );
});
