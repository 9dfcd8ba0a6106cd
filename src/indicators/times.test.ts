import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { times } from "./times.ts";

const bars = barSeries();

test("multiplies row by row", () => {
  const source = { close: [2, -2.5], open: [3, 2] };
  expect([...evaluate(times(bars.close, bars.open), source)]).toEqual([6, -5]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(times(bars.close, 2), { close: [5, 6] })]).toEqual([10, 12]);
});

test.skipIf(!hasShared)("agrees with Tulip's mul", () => {
  expect(differenceFromTulip(times(bars.close, bars.open), ["mul", ""], ["close", "open"])).toBeLessThan(
    tulipDigits,
  );
});
