import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { natr } from "./natr.ts";

const bars = barSeries();

// True ranges by hand: 2; 15 - 10 = 5 (gap up); 14.5 - 7 = 7.5 (gap down).
const source = { high: [10, 11, 15, 8], low: [8, 9.5, 14, 7], close: [9, 10, 14.5, 7.5] };

test("is the average true range in percent of the close", () => {
  // By hand for length 2: 3.5 of 14.5 and 5.5 of 7.5.
  const column = evaluate(natr(bars, 2), source);
  expect(column[1]).toBeNaN();
  expect(column[2]).toBeCloseTo(350 / 14.5, 12);
  expect(column[3]).toBeCloseTo(550 / 7.5, 12);
});

test("a close of zero has no percentage", () => {
  expect(evaluate(natr(bars, 1), { high: [1, 1], low: [0, 0], close: [1, 0] })[1]).toBeNaN();
});

test.skipIf(!hasShared)("agrees with Skender's atrp on SPY at length 14", () => {
  expect(differenceFromSkender(natr(bars), "atr", "atrp")).toBeLessThan(1e-12);
});
