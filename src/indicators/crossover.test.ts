import { expect, test } from "vitest";
import { evaluate, lastValues, tulipCase } from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { crossover } from "./crossover.ts";

const bars = barSeries();

test("it marks the row on which the first series goes above the second, and no other", () => {
  const close = [1, 2, 3, 4, 2, 3];
  expect([...evaluate(crossover(bars.close, 2), { close })]).toEqual([0, 0, 1, 0, 0, 1]);
});

test("the first row is no cross, and a gap is bridged by the last row known", () => {
  const close = [3, 1, Number.NaN, 3];
  expect([...evaluate(crossover(bars.close, 2), { close })]).toEqual([0, 0, Number.NaN, 1]);
});

test.skipIf(!hasShared).each(["untest", "extra"] as const)("agrees with Tulip's %s", (file) => {
  const [open, close, expected] = tulipCase("crossover", "", file);
  const column = evaluate(crossover(bars.open, bars.close), { open: open!, close: close! });
  expect([...lastValues(column, expected!.length)]).toEqual([...expected!]);
});
