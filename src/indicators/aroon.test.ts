import { expect, test } from "vitest";
import { evaluate, skenderQuotes, skenderResult } from "../../test/indicator-fixtures.ts";
import {
  backtraderDigits,
  differenceFromBacktrader,
  differenceFromTulip,
  tulipDigits,
} from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { aroon } from "./aroon.ts";

const bars = barSeries();

test("tells how recent the extremes are, and of equal extremes takes the latest", () => {
  // By hand for length 2, windows of three bars: highs 1 3 2 (age 1), 3 2 2 (age 2); lows 5 4 4 (age 0), 4 4 6 (age 1).
  const source = { high: [1, 3, 2, 2], low: [5, 4, 4, 6] };
  const lines = aroon(bars, 2);
  expect([...evaluate(lines.up, source)]).toEqual([NaN, NaN, 50, 0]);
  expect([...evaluate(lines.down, source)]).toEqual([NaN, NaN, 100, 50]);
  expect([...evaluate(lines.oscillator, source)]).toEqual([NaN, NaN, -50, -50]);
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(aroon(bars)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const lines = aroon(bars, 14);
  expect(differenceFromBacktrader(lines.up, "test_ind_aroonupdown", 0)).toBeLessThan(backtraderDigits);
  expect(differenceFromBacktrader(lines.down, "test_ind_aroonupdown", 1)).toBeLessThan(backtraderDigits);
  expect(differenceFromBacktrader(lines.oscillator, "test_ind_aroonoscillator", 0)).toBeLessThan(
    backtraderDigits,
  );
});

test.skipIf(!hasShared)("agrees with Tulip", () => {
  const lines = aroon(bars, 5);
  expect(differenceFromTulip(lines.down, ["aroon", "5"], ["high", "low"], 0)).toBeLessThan(tulipDigits);
  expect(differenceFromTulip(lines.up, ["aroon", "5"], ["high", "low"], 1)).toBeLessThan(tulipDigits);
  expect(differenceFromTulip(lines.oscillator, ["aroonosc", "5"], ["high", "low"])).toBeLessThan(tulipDigits);
});

test.skipIf(!hasShared)(
  "agrees with Skender on SPY but for two rows with equal extremes, where Skender takes the oldest",
  () => {
    const lines = aroon(bars);
    const expected = skenderResult("aroon");
    const quotes = skenderQuotes();
    const differing = (column: Float64Array, other: Float64Array): number[] =>
      [...column.keys()].filter((row) => Math.abs(column[row]! - other[row]!) > 1e-9);
    expect(differing(evaluate(lines.up, quotes), expected["aroonUp"]!)).toEqual([193]);
    expect(differing(evaluate(lines.down, quotes), expected["aroonDown"]!)).toEqual([232]);
  },
);
