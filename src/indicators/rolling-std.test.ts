import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits, differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { lag } from "./lag.ts";
import { minus } from "./minus.ts";
import { over } from "./over.ts";
import { rollingStd } from "./rolling-std.ts";
import { times } from "./times.ts";

const bars = barSeries();

const close = [2, 4, 4, 4, 5, 5, 7, 9];

test("is 2 for the textbook window as a population, sqrt(32 / 7) as a sample", () => {
  expect(evaluate(rollingStd(bars.close, 8), { close })[7]).toBe(2);
  expect(evaluate(rollingStd(bars.close, 8, 1), { close })[7]).toBeCloseTo(Math.sqrt(32 / 7), 14);
  expect(evaluate(rollingStd(bars.close, 8), { close })[6]).toBeNaN();
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  expect(differenceFromSkender(rollingStd(bars.close, 14), "stdev", "stdDev")).toBeLessThan(1e-12);
});

test.skipIf(!hasShared)("agrees with Tulip's stddev, and over simple returns with its volatility", () => {
  expect(differenceFromTulip(rollingStd(bars.close, 5), ["stddev", "5"], ["close"])).toBeLessThan(
    tulipDigits,
  );
  const simpleReturn = minus(over(bars.close, lag(bars.close, 1)), 1);
  const perYear = times(rollingStd(simpleReturn, 5), Math.sqrt(252));
  expect(differenceFromTulip(perYear, ["volatility", "5"], ["close"])).toBeLessThan(tulipDigits);
});
