import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits, differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { Prng } from "../base/prng.ts";
import { linearRegressionSlope } from "./linear-regression-slope.ts";

const bars = barSeries();

test("is the rise per bar of the best straight line", () => {
  // By hand: 1, 2, 4 rise by (4 - 1) / 2; a straight line has the slope of its steps.
  expect([...evaluate(linearRegressionSlope(bars.close, 3), { close: [1, 2, 4] })]).toEqual([NaN, NaN, 1.5]);
  expect([...evaluate(linearRegressionSlope(bars.close, 4), { close: [9, 7, 5, 3, 1] })].slice(3)).toEqual([
    -2, -2,
  ]);
});

test("is exactly 0 on a flat window, whatever came before", () => {
  const close = [1e9, -3.3, 1e-7, ...new Array<number>(5).fill(0.1)];
  expect(evaluate(linearRegressionSlope(bars.close, 5), { close })[7]).toBe(0);
});

test("depends on the window alone, after 100,000 rows as after none", () => {
  const prng = new Prng(7);
  const close = Float64Array.from({ length: 100_000 }, () => 1e6 + prng.normal());
  const last = evaluate(linearRegressionSlope(bars.close, 50), { close })[99_999]!;
  const alone = evaluate(linearRegressionSlope(bars.close, 50), { close: close.subarray(99_950) })[49]!;
  expect(last).toBe(alone);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  expect(differenceFromSkender(linearRegressionSlope(bars.close), "slope", "slope")).toBeLessThan(1e-12);
});

test.skipIf(!hasShared)("agrees with Tulip", () => {
  const slope = linearRegressionSlope(bars.close, 5);
  expect(differenceFromTulip(slope, ["linregslope", "5"], ["close"])).toBeLessThan(tulipDigits);
});
