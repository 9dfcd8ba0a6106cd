import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import {
  backtraderDigits,
  differenceFromBacktrader,
  differenceFromTulip,
  tulipDigits,
  differenceFromSkender,
} from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { bollinger } from "./bollinger.ts";

const bars = barSeries();

// The textbook window of mean 5 and population deviation 2.
const close = [2, 4, 4, 4, 5, 5, 7, 9];

test("the bands stand two deviations around the mean", () => {
  const bands = bollinger(bars.close, 8, 2);
  const last = Object.entries(bands).map(([name, band]) => [name, evaluate(band, { close })[7]]);
  expect(Object.fromEntries(last)).toEqual({ upper: 9, middle: 5, lower: 1, percentB: 1, width: 1.6 });
  expect(evaluate(bands.upper, { close })[6]).toBeNaN();
});

test("on a flat window the bands meet and the price stands in their middle", () => {
  const bands = bollinger(bars.close, 3, 2);
  const source = { close: [7, 0.1, 0.1, 0.1] };
  expect(evaluate(bands.upper, source)[3]).toBe(0.1);
  expect(evaluate(bands.lower, source)[3]).toBe(0.1);
  expect(evaluate(bands.percentB, source)[3]).toBe(0.5);
  expect(evaluate(bands.width, source)[3]).toBe(0);
});

test("a middle of zero has no relative width", () => {
  expect(evaluate(bollinger(bars.close, 2, 2).width, { close: [-1, 1] })[1]).toBeNaN();
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(bollinger(bars.close)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 20 and 2", () => {
  const bands = bollinger(bars.close);
  expect(differenceFromSkender(bands.upper, "bb", "upperBand")).toBeLessThan(1e-12);
  expect(differenceFromSkender(bands.middle, "bb", "sma")).toBeLessThan(1e-12);
  expect(differenceFromSkender(bands.lower, "bb", "lowerBand")).toBeLessThan(1e-12);
  expect(differenceFromSkender(bands.percentB, "bb", "percentB")).toBeLessThan(1e-12);
  expect(differenceFromSkender(bands.width, "bb", "width")).toBeLessThan(1e-12);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const bands = bollinger(bars.close, 20, 2);
  expect(differenceFromBacktrader(bands.middle, "test_ind_bbands", 0)).toBeLessThan(backtraderDigits);
  expect(differenceFromBacktrader(bands.upper, "test_ind_bbands", 1)).toBeLessThan(backtraderDigits);
  expect(differenceFromBacktrader(bands.lower, "test_ind_bbands", 2)).toBeLessThan(backtraderDigits);
});

test.skipIf(!hasShared)("agrees with Tulip", () => {
  const bands = bollinger(bars.close, 5, 2);
  expect(differenceFromTulip(bands.lower, ["bbands", "5 2"], ["close"], 0)).toBeLessThan(tulipDigits);
  expect(differenceFromTulip(bands.middle, ["bbands", "5 2"], ["close"], 1)).toBeLessThan(tulipDigits);
  expect(differenceFromTulip(bands.upper, ["bbands", "5 2"], ["close"], 2)).toBeLessThan(tulipDigits);
});
