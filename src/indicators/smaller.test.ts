import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { smaller } from "./smaller.ts";

const bars = barSeries();

test("takes the smaller of two", () => {
  const source = { close: [1, 5, 2], open: [3, 4, 2] };
  expect([...evaluate(smaller(bars.close, bars.open), source)]).toEqual([1, 4, 2]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(smaller(bars.close, 2), { close: [5, 6] })]).toEqual([2, 2]);
});
