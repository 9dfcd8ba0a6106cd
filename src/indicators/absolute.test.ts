import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { absolute } from "./absolute.ts";

const bars = barSeries();

test("drops the sign and keeps the size", () => {
  expect([...evaluate(absolute(bars.close), { close: [-2, 0, 3.5] })]).toEqual([2, 0, 3.5]);
});

test.skipIf(!hasShared)("agrees with Tulip's abs", () => {
  expect(differenceFromTulip(absolute(bars.close), ["abs", ""], ["close"])).toBeLessThan(tulipDigits);
});
