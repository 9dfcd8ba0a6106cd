import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { plus } from "./plus.ts";

const bars = barSeries();

test("adds row by row", () => {
  const source = { close: [1, 2.5], open: [3, -2.5] };
  expect([...evaluate(plus(bars.close, bars.open), source)]).toEqual([4, 0]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(plus(bars.close, 2), { close: [5, 6] })]).toEqual([7, 8]);
});

test.skipIf(!hasShared)("agrees with Tulip's add", () => {
  expect(differenceFromTulip(plus(bars.close, bars.open), ["add", ""], ["close", "open"])).toBeLessThan(
    tulipDigits,
  );
});
