import { expect, test } from "vitest";
import { evaluate, skenderQuotes, skenderResult, worstDifference } from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { vwap } from "./vwap.ts";

const bars = barSeries();

function ofPrices(
  prices: readonly number[],
  volume: readonly number[],
  session: readonly number[],
): number[] {
  return [...evaluate(vwap(bars), { high: prices, low: prices, close: prices, volume, session })];
}

test("the average weighs by volume and begins anew with each session", () => {
  // By hand: 10, then (10 * 1 + 20 * 3) / 4 = 17.5; the new session knows only 40.
  expect(ofPrices([10, 20, 40], [1, 3, 5], [7, 7, 8])).toEqual([10, 17.5, 40]);
});

test("the price of a bar is the mean of high, low and close", () => {
  const source = { high: [15], low: [9], close: [12.6], volume: [1], session: [0] };
  expect(evaluate(vwap(bars), source)[0]).toBeCloseTo(12.2, 12);
});

test("until a session has volume its prices count alike, and then not at all", () => {
  expect(ofPrices([10, 20, 40, 50], [0, 0, 5, 5], [1, 1, 1, 1])).toEqual([10, 15, 40, 45]);
});

test.skipIf(!hasShared)("agrees with Skender on SPY as one long session", () => {
  const quotes = skenderQuotes();
  const column = evaluate(vwap(bars), { ...quotes, session: new Float64Array(quotes.close.length) });
  expect(worstDifference(column, skenderResult("vwap")["vwap"]!)).toBeLessThan(1e-9);
});
