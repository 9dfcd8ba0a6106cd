import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { zScore } from "./z-score.ts";

const bars = barSeries();

test("counts the deviations from the mean", () => {
  // The textbook window of mean 5 and population deviation 2.
  const column = evaluate(zScore(bars.close, 8), { close: [2, 4, 4, 4, 5, 5, 7, 9] });
  expect(column[6]).toBeNaN();
  expect(column[7]).toBe(2);
});

test("on a flat window nothing deviates", () => {
  expect([...evaluate(zScore(bars.close, 3), { close: [9, 0.1, 0.1, 0.1] })].slice(3)).toEqual([0]);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  expect(differenceFromSkender(zScore(bars.close, 14), "stdev", "zScore")).toBeLessThan(1e-12);
});
