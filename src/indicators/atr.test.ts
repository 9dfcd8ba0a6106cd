import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import {
  backtraderDigits,
  differenceFromBacktrader,
  differenceFromSkender,
} from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { atr } from "./atr.ts";

const bars = barSeries();

// True ranges by hand: 2; 15 - 10 = 5 (gap up); 14.5 - 7 = 7.5 (gap down).
const source = { high: [10, 11, 15, 8], low: [8, 9.5, 14, 7], close: [9, 10, 14.5, 7.5] };

test("starts from the mean of the first true ranges and then moves by 1/length", () => {
  // By hand for length 2: (2 + 5) / 2 = 3.5, then (3.5 + 7.5) / 2 = 5.5.
  expect([...evaluate(atr(bars, 2), source)]).toEqual([NaN, NaN, 3.5, 5.5]);
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  expect(differenceFromSkender(atr(bars), "atr", "atr")).toBeLessThan(1e-12);
});

// Tulip counts high - low as the first bar's true range and so starts a row earlier: not comparable on 15 rows.
test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  expect(differenceFromBacktrader(atr(bars, 14), "test_ind_atr", 0)).toBeLessThan(backtraderDigits);
});
