import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { overbought } from "./overbought.ts";

const bars = barSeries();

test("it is 1 inside the zone and 0 on its edge and outside", () => {
  expect([...evaluate(overbought(bars.close), { close: [69, 70, 70.1, 90, 50] })]).toEqual([0, 0, 1, 1, 0]);
});

test("its level can be that of Williams %R", () => {
  expect([...evaluate(overbought(bars.close, -20), { close: [-21, -20, -19] })]).toEqual([0, 0, 1]);
});
