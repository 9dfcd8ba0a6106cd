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
import { lowest } from "./lowest.ts";

const bars = barSeries();

test("looks at the last values, the present one included", () => {
  expect([...evaluate(lowest(bars.close, 2), { close: [5, 3, 4, 1] })]).toEqual([NaN, 3, 3, 1]);
});

test.skipIf(!hasShared)("agrees with Tulip's min and with backtrader", () => {
  expect(differenceFromTulip(lowest(bars.close, 5), ["min", "5"], ["close"])).toBeLessThan(tulipDigits);
  expect(differenceFromBacktrader(lowest(bars.close, 14), "test_ind_lowest", 0)).toBeLessThan(
    backtraderDigits,
  );
});
