import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { lag } from "./lag.ts";

const bars = barSeries();

test("gives back the value of `rows` rows ago and NaN before there is one", () => {
  expect([...evaluate(lag(bars.close, 2), { close: [5, 6, 7, 8] })]).toEqual([NaN, NaN, 5, 6]);
});

test("there is no way to ask for the future, nor for the present", () => {
  for (const rows of [-1, 0, 0.5, NaN]) {
    expect(() => lag(bars.close, rows)).toThrowError(/PARAM_INVALID parameter rows of lag/);
  }
});

test.skipIf(!hasShared)("agrees with Tulip's lag", () => {
  expect(differenceFromTulip(lag(bars.close, 5), ["lag", "5"], ["close"])).toBeLessThan(tulipDigits);
});
