import { expect, test } from "vitest";
import {
  evaluate,
  largestGap,
  lastValues,
  skenderQuotes,
  skenderResult,
  tulipCase,
  worstDifference,
} from "../../test/indicator-fixtures.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { obv } from "./obv.ts";

const bars = barSeries();

test("volume counts up with a rise, down with a fall and not at all without either", () => {
  const column = evaluate(obv(bars), { close: [10, 11, 11, 9], volume: [5, 7, 3, 2] });
  expect([...column]).toEqual([0, 7, 7, 5]);
});

test.skipIf(!hasShared)("agrees with Skender on SPY", () => {
  const column = evaluate(obv(bars), skenderQuotes());
  expect(worstDifference(column, skenderResult("obv")["obv"]!)).toBeLessThan(1e-12);
});

test.skipIf(!hasShared)("agrees with Tulip", () => {
  const [close, volume, expected] = tulipCase("obv");
  const column = evaluate(obv(bars), { close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(1e-6);
});

test.skipIf(!hasShared)("agrees with the example of Achelis, page 231", () => {
  const [close, volume, expected] = tulipCase("obv", "", "atoz");
  const column = evaluate(obv(bars), { close: close!, volume: volume! });
  expect(largestGap(lastValues(column, expected!.length), expected!)).toBeLessThan(1e-6);
});
