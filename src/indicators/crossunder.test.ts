import { expect, test } from "vitest";
import { evaluate, syntheticBars } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { crossover } from "./crossover.ts";
import { crossunder } from "./crossunder.ts";

const bars = barSeries();

test("it marks the row on which the first series goes below the second, and no other", () => {
  const close = [3, 2, 1, 0, 2, 1];
  expect([...evaluate(crossunder(bars.close, 2), { close })]).toEqual([0, 0, 1, 0, 0, 1]);
});

test("the first row is no cross, and a gap is bridged by the last row known", () => {
  const close = [1, 3, Number.NaN, 1];
  expect([...evaluate(crossunder(bars.close, 2), { close })]).toEqual([0, 0, Number.NaN, 1]);
});

test("going below is going above seen from the other series", () => {
  const source = syntheticBars();
  const under = evaluate(crossunder(bars.close, 100), source);
  expect(under).toEqual(evaluate(crossover(100, bars.close), source));
  expect(under).toContain(1);
});
