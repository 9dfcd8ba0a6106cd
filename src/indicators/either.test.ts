import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { either } from "./either.ts";

const bars = barSeries();

test("holds where at least one condition holds", () => {
  const source = { close: [0, 0, 1, 1], open: [0, 1, 0, 1] };
  expect([...evaluate(either(bars.close, bars.open), source)]).toEqual([0, 1, 1, 1]);
});

test("any number but 0 counts as a condition that holds", () => {
  expect([...evaluate(either(bars.close, bars.open), { close: [-2, 0], open: [0, 0.5] })]).toEqual([1, 1]);
});
