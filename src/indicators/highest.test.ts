import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import {
  backtraderDigits,
  differenceFromBacktrader,
  differenceFromTulip,
  tulipDigits,
} from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { highest } from "./highest.ts";

const bars = barSeries();

test("looks at the last values, the present one included", () => {
  expect([...evaluate(highest(bars.close, 2), { close: [5, 3, 4, 1] })]).toEqual([NaN, 5, 4, 4]);
});

test.skipIf(!hasShared)("agrees with Tulip's max and with backtrader", () => {
  expect(differenceFromTulip(highest(bars.close, 5), ["max", "5"], ["close"])).toBeLessThan(tulipDigits);
  expect(differenceFromBacktrader(highest(bars.close, 14), "test_ind_highest", 0)).toBeLessThan(
    backtraderDigits,
  );
});
