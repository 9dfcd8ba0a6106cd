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
import { momentum } from "./momentum.ts";

const bars = barSeries();

test("momentum is the difference to an earlier value", () => {
  expect([...evaluate(momentum(bars.close, 2), { close: [1, 5, 4, 2] })]).toEqual([
    Number.NaN,
    Number.NaN,
    3,
    -3,
  ]);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(momentum(bars.close, 14));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(14);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(momentum(bars.close, 14), skenderQuotes());
  expect(worstDifference(column, skenderResult("roc")["momentum"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip to its three decimals", () => {
  const [close, expected] = tulipCase("mom", "5");
  const column = evaluate(momentum(bars.close, 5), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with Tulip's spreadsheet example", () => {
  const [close, expected] = tulipCase("mom", "3", "extra");
  const column = evaluate(momentum(bars.close, 3), { close: close! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(1e-12);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_momentum");
  expect(
    largestGap(backtraderRows(evaluate(momentum(bars.close, 12), quotes), firstRow), lines[0]!),
  ).toBeLessThan(6e-7);
});
