import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromTulip, tulipDigits } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { over } from "./over.ts";

const bars = barSeries();

test("divides row by row", () => {
  const source = { close: [6, -5], open: [3, 2] };
  expect([...evaluate(over(bars.close, bars.open), source)]).toEqual([2, -2.5]);
});

test("division by zero, and a quotient beyond all numbers, gives NaN and never infinity", () => {
  const source = { close: [1, 0, -1, 1e300], open: [0, 0, 0, 1e-300] };
  expect([...evaluate(over(bars.close, bars.open), source)]).toEqual([NaN, NaN, NaN, NaN]);
});

test.skipIf(!hasShared)("agrees with Tulip's div", () => {
  expect(differenceFromTulip(over(bars.close, bars.open), ["div", ""], ["close", "open"])).toBeLessThan(
    tulipDigits,
  );
});
