import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { logReturn } from "./log-return.ts";

const bars = barSeries();

test("is 1 when the price grows e-fold and undoes itself on the way back", () => {
  const column = evaluate(logReturn(bars.close), { close: [1, Math.E, 1] });
  expect(column[0]).toBeNaN();
  expect(column[1]).toBe(1);
  expect(column[2]).toBe(-1);
});

test("a price of zero or below has no return, into it or out of it", () => {
  const column = evaluate(logReturn(bars.close), { close: [1, 0, 1, -1, 1, 1] });
  expect([...column]).toEqual([NaN, NaN, NaN, NaN, NaN, 0]);
});
