import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { choppiness } from "./choppiness.ts";

const bars = barSeries();

test("is 100 where the range is walked over and over and falls as the walk gets straighter", () => {
  // By hand for length 2: true ranges 2 and 2 inside a range of 2: log2(2). Then 2 and 2 inside 13 - 10: log2(4 / 3).
  const source = { high: [10, 12, 12, 13], low: [10, 10, 10, 12], close: [10, 11, 11, 13] };
  const column = evaluate(choppiness(bars, 2), source);
  expect(column[1]).toBeNaN();
  expect(column[2]).toBe(100);
  expect(column[3]).toBeCloseTo(100 * Math.log2(4 / 3), 12);
});

test("a straight run is 0 and a flat market 100", () => {
  const rising = { high: [1, 2, 3, 4], low: [1, 1, 2, 3], close: [1, 2, 3, 4] };
  expect(evaluate(choppiness(bars, 3), rising)[3]).toBe(0);
  const flat = [5, 5, 5, 5];
  expect(evaluate(choppiness(bars, 3), { high: flat, low: flat, close: flat })[3]).toBe(100);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  expect(differenceFromSkender(choppiness(bars), "chop", "chop")).toBeLessThan(1e-12);
});
