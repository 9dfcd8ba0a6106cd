import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { minus } from "./minus.ts";

const bars = barSeries();

test("takes the second series from the first", () => {
  const source = { close: [1, 2.5], open: [3, -2.5] };
  expect([...evaluate(minus(bars.close, bars.open), source)]).toEqual([-2, 5]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(minus(bars.close, 2), { close: [5, 6] })]).toEqual([3, 4]);
});

test.skipIf(!hasShared)("agrees with Tulip's sub", () => {
  expect(differenceFromTulip(minus(bars.close, bars.open), ["sub", ""], ["close", "open"])).toBeLessThan(
    tulipDigits,
  );
});
