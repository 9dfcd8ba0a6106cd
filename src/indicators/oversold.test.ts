import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { barSeries } from "../domain/expression.ts";
import { oversold } from "./oversold.ts";

const bars = barSeries();

test("it is 1 inside the zone and 0 on its edge and outside", () => {
  expect([...evaluate(oversold(bars.close), { close: [31, 30, 29.9, 10, 50] })]).toEqual([0, 0, 1, 1, 0]);
});

test("its level can be that of Williams %R", () => {
  expect([...evaluate(oversold(bars.close, -80), { close: [-79, -80, -81] })]).toEqual([0, 0, 1]);
});
