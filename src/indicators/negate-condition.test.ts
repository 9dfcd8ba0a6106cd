import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { negateCondition } from "./negate-condition.ts";

const bars = barSeries();

test("turns 0 into 1 and everything else into 0", () => {
  expect([...evaluate(negateCondition(bars.close), { close: [0, 1, -3] })]).toEqual([1, 0, 0]);
});
