import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { garmanKlass } from "./garman-klass.ts";

const bars = barSeries();

test("weighs the range against the way from open to close", () => {
  // By hand: ln(high / low) = 1. Open = close: sqrt(1/2). From the low to the high: sqrt(1/2 - (2 ln 2 - 1)).
  const still = { open: [2], high: [Math.E], low: [1], close: [2] };
  const straight = { open: [1], high: [Math.E], low: [1], close: [Math.E] };
  expect(evaluate(garmanKlass(bars, 1), still)[0]).toBeCloseTo(Math.SQRT1_2, 14);
  expect(evaluate(garmanKlass(bars, 1), straight)[0]).toBeCloseTo(Math.sqrt(1.5 - 2 * Math.LN2), 14);
  expect(evaluate(garmanKlass(bars, 1, 4), still)[0]).toBeCloseTo(2 * Math.SQRT1_2, 14);
});

test("takes the mean of the window's variances, not of its deviations", () => {
  const source = { open: [2, 2], high: [Math.E, 2], low: [1, 2], close: [2, 2] };
  expect(evaluate(garmanKlass(bars, 2), source)[0]).toBeNaN();
  expect(evaluate(garmanKlass(bars, 2), source)[1]).toBeCloseTo(0.5, 14);
});

test("a bar with a price that is not positive is passed over, and nothing goes below zero", () => {
  // The second bar is broken: its close is far outside its range, so that its variance is negative.
  const source = { open: [0, 1], high: [1, 1], low: [0, 1], close: [1, 50] };
  expect([...evaluate(garmanKlass(bars, 1), source)]).toEqual([NaN, 0]);
});
