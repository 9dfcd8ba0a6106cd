import { expect, test } from "vitest";
import { evaluate, syntheticBars } from "../../test/indicator-fixtures.ts";
import { backtraderDigits, differenceFromBacktrader } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { percentRank } from "./percent-rank.ts";

const bars = barSeries();

test("is the share of the values before that were lower, equal ones not counting", () => {
  // By hand for length 3: of 1 2 3 one is below 2; of 2 3 2 all are below 9; of 3 2 9 none is below 0.
  const close = [1, 2, 3, 2, 9, 0];
  expect([...evaluate(percentRank(bars.close, 3), { close })]).toEqual([NaN, NaN, NaN, 1 / 3, 1, 0]);
});

test("agrees with counting by hand on a random walk with many ties", () => {
  const { close } = syntheticBars(2);
  const rounded = close.map(Math.round);
  const column = evaluate(percentRank(bars.close, 50), { close: rounded });
  for (let row = 50; row < rounded.length; row++) {
    const below = rounded.subarray(row - 50, row).filter((value) => value < rounded[row]!).length;
    expect(column[row]).toBe(below / 50);
  }
});

// Backtrader counts the present value in the window and in the divisor: 49 values before it, divided by 50.
test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  expect(differenceFromBacktrader(percentRank(bars.close, 49), "test_ind_pctrank", 0, 49 / 50)).toBeLessThan(
    backtraderDigits,
  );
});
