import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { both } from "./both.ts";

const bars = barSeries();

test("holds only where both conditions hold", () => {
  const source = { close: [0, 0, 1, 1], open: [0, 1, 0, 1] };
  expect([...evaluate(both(bars.close, bars.open), source)]).toEqual([0, 0, 0, 1]);
});

test("any number but 0 counts as a condition that holds", () => {
  expect([...evaluate(both(bars.close, bars.open), { close: [-2, 0.5], open: [3, 1] })]).toEqual([1, 1]);
});
