import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import {
  backtraderDigits,
  differenceFromBacktrader,
  differenceFromSkender,
} from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { ichimoku, ichimokuIndicator } from "./ichimoku.ts";

const bars = barSeries();

test("shows the cloud that was computed `base` bars ago", () => {
  // By hand for 1, 2, 3. Conversion 1 3 5 7 9; base - 2 4 6 8; middle of three bars - - 3 5 7. The cloud of the
  // last row was computed two bars before: (5 + 4) / 2 and 3.
  const source = { high: [2, 4, 6, 8, 10], low: [0, 2, 4, 6, 8] };
  const lines = ichimoku(bars, 1, 2, 3);
  expect([...evaluate(lines.conversion, source)]).toEqual([NaN, NaN, NaN, NaN, 9]);
  expect([...evaluate(lines.base, source)]).toEqual([NaN, NaN, NaN, NaN, 8]);
  expect([...evaluate(lines.leadingA, source)]).toEqual([NaN, NaN, NaN, NaN, 4.5]);
  expect([...evaluate(lines.leadingB, source)]).toEqual([NaN, NaN, NaN, NaN, 3]);
});

test("has no lagging span, which would be the close of a bar to come", () => {
  expect(ichimokuIndicator.outputs).toEqual(["conversion", "base", "leadingA", "leadingB"]);
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(ichimoku(bars)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 9, 26 and 52", () => {
  const lines = ichimoku(bars);
  // Skender shows each line as soon as it is known; here all begin with the last one, on row 77.
  expect(differenceFromSkender(lines.conversion, "ichimoku", "tenkanSen", 77)).toBe(0);
  expect(differenceFromSkender(lines.base, "ichimoku", "kijunSen", 77)).toBe(0);
  expect(differenceFromSkender(lines.leadingA, "ichimoku", "senkouSpanA", 77)).toBe(0);
  expect(differenceFromSkender(lines.leadingB, "ichimoku", "senkouSpanB")).toBe(0);
});

test.skipIf(!hasShared)("agrees with backtrader to its six decimals", () => {
  for (const [line, expression] of Object.values(ichimoku(bars, 9, 26, 52)).entries()) {
    expect(differenceFromBacktrader(expression, "test_ind_ichimoku", line)).toBeLessThan(backtraderDigits);
  }
});
