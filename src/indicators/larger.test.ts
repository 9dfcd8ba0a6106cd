import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { larger } from "./larger.ts";

const bars = barSeries();

test("takes the larger of two", () => {
  const source = { close: [1, 5, 2], open: [3, 4, 2] };
  expect([...evaluate(larger(bars.close, bars.open), source)]).toEqual([3, 5, 2]);
});

test("a plain number may stand for a series", () => {
  expect([...evaluate(larger(bars.close, 2), { close: [5, 6] })]).toEqual([5, 6]);
});
