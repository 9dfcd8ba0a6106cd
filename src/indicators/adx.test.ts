import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import {
  backtraderDigits,
  differenceFromBacktrader,
  differenceFromSkender,
} from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { adx } from "./adx.ts";

const bars = barSeries();

test("measures how one-sided the moves were", () => {
  // By hand for length 2. True ranges 3, 5, 6, 5; plus 2, 0, 2, 0; minus 0, 3, 0, 0. Averages on row 2:
  // range 4, plus 1, minus 1.5 -> 25 and 37.5, strength 20; row 3: 5, 1.5, 0.75 -> 30 and 15, strength 33.3;
  // row 4: 5, 0.75, 0.375 -> 15 and 7.5, strength 33.3. ADX: (20 + 33.3) / 2 = 26.7, then (26.7 + 33.3) / 2 = 30.
  const source = { high: [10, 12, 11, 13, 13], low: [8, 9, 6, 7, 8], close: [9, 11, 7, 12, 9] };
  const lines = adx(bars, 2);
  expect([...evaluate(lines.plusDi, source)]).toEqual([NaN, NaN, NaN, 30, 15]);
  expect([...evaluate(lines.minusDi, source)]).toEqual([NaN, NaN, NaN, 15, 7.5]);
  const column = evaluate(lines.adx, source);
  expect(column[2]).toBeNaN();
  expect(column[3]).toBeCloseTo(80 / 3, 12);
  expect(column[4]).toBeCloseTo(30, 12);
});

test("bars that never move have no direction and no trend", () => {
  const flat = [7, 7, 7, 7];
  const lines = adx(bars, 2);
  const source = { high: flat, low: flat, close: flat };
  for (const line of Object.values(lines)) expect(evaluate(line, source)[3]).toBe(0);
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(adx(bars)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)("agrees with Skender on SPY at length 14", () => {
  const lines = adx(bars);
  expect(differenceFromSkender(lines.adx, "adx", "adx")).toBeLessThan(1e-12);
  // Skender shows the directions 13 rows before the first ADX.
  expect(differenceFromSkender(lines.plusDi, "adx", "pdi", 27)).toBeLessThan(1e-12);
  expect(differenceFromSkender(lines.minusDi, "adx", "mdi", 27)).toBeLessThan(1e-12);
});

// Tulip seeds its sums with one row less (and has no true range for its adx): not comparable on 15 rows.
test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  const lines = adx(bars, 14);
  expect(differenceFromBacktrader(lines.adx, "test_ind_dm", 0)).toBeLessThan(backtraderDigits);
  expect(differenceFromBacktrader(lines.plusDi, "test_ind_dm", 2)).toBeLessThan(backtraderDigits);
  expect(differenceFromBacktrader(lines.minusDi, "test_ind_dm", 3)).toBeLessThan(backtraderDigits);
});
