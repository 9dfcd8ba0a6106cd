import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { above } from "./above.ts";

const bars = barSeries();

test("is 1 above, 0 below and 0 where both are equal", () => {
  const source = { close: [1, 5, 2], open: [3, 4, 2] };
  expect([...evaluate(above(bars.close, bars.open), source)]).toEqual([0, 1, 0]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(above(bars.close, 2), { close: [5, 6] })]).toEqual([1, 1]);
});
