import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { below } from "./below.ts";

const bars = barSeries();

test("is 1 below, 0 above and 0 where both are equal", () => {
  const source = { close: [1, 5, 2], open: [3, 4, 2] };
  expect([...evaluate(below(bars.close, bars.open), source)]).toEqual([1, 0, 0]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(below(bars.close, 2), { close: [5, 6] })]).toEqual([0, 0]);
});
