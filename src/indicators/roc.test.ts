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
import { roc } from "./roc.ts";

const bars = barSeries();

test("the rate of change is in percent of the earlier value", () => {
  expect([...evaluate(roc(bars.close, 2), { close: [50, 51, 60, 0, 15] })]).toEqual([
    Number.NaN,
    Number.NaN,
    20,
    -100,
    -75,
  ]);
});

test("a change from zero has no percentage and counts as 0", () => {
  expect(evaluate(roc(bars.volume, 1), { volume: [0, 5] })[1]).toBe(0);
});

test("the first value stands right after the warm-up and the window alone decides", () => {
  const start = startOf(roc(bars.close, 14));
  expect(start.firstRow).toBe(start.warmup);
  expect(start.firstRow).toBe(14);
  expect(start.residue).toBe(0);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const column = evaluate(roc(bars.close, 14), skenderQuotes());
  expect(worstDifference(column, skenderResult("roc")["roc"]!)).toBeLessThan(1e-9);
});

test.skipIf(!hasShared)("agrees with Tulip, which gives shares, to its three decimals", () => {
  const [close, expected] = tulipCase("roc", "5");
  const column = evaluate(roc(bars.close, 5), { close: close! });
  expect(
    largestGap(
      lastValues(
        column.map((value) => value / 100),
        expected!.length,
      ),
      expected!,
    ),
  ).toBeLessThan(6e-4);
});

test.skipIf(!hasShared)("agrees with Tulip's spreadsheet example", () => {
  const [close, expected] = tulipCase("roc", "3", "extra");
  const column = evaluate(roc(bars.close, 3), { close: close! });
  expect(
    largestGap(
      lastValues(
        column.map((value) => value / 100),
        expected!.length,
      ),
      expected!,
    ),
  ).toBeLessThan(6e-6);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const quotes = backtraderQuotes();
  const { firstRow, lines } = backtraderCase("test_ind_roc");
  expect(
    largestGap(
      backtraderRows(
        evaluate(roc(bars.close, 12), quotes).map((value) => value / 100),
        firstRow,
      ),
      lines[0]!,
    ),
  ).toBeLessThan(6e-7);
});
