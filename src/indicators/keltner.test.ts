import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { keltner } from "./keltner.ts";

const bars = barSeries();

test("stands a multiple of the average true range around the average close", () => {
  // By hand for ema 3 and atr 1: seed (9 + 10 + 14.5) / 3 = 33.5 / 3; true ranges 2 and 5, so the reach is 2 * 5.
  const source = { high: [10, 11, 15], low: [8, 9.5, 14], close: [9, 10, 14.5] };
  const bands = keltner(bars, 3, 2, 1);
  expect(evaluate(bands.upper, source)[1]).toBeNaN();
  expect(evaluate(bands.middle, source)[1]).toBeNaN();
  expect(evaluate(bands.upper, source)[2]).toBeCloseTo(33.5 / 3 + 10, 12);
  expect(evaluate(bands.middle, source)[2]).toBeCloseTo(33.5 / 3, 12);
  expect(evaluate(bands.lower, source)[2]).toBeCloseTo(33.5 / 3 - 10, 12);
});

test("all bands wait for the slower of the two averages", () => {
  const source = { high: [10, 11, 15], low: [8, 9.5, 14], close: [9, 10, 14.5] };
  for (const band of Object.values(keltner(bars, 1, 2, 2))) {
    expect([...evaluate(band, source)].map(Number.isNaN)).toEqual([true, true, false]);
  }
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(keltner(bars)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)("agrees with Skender on SPY at 20, 2 and 10", () => {
  const bands = keltner(bars);
  expect(differenceFromSkender(bands.upper, "keltner", "upperBand")).toBeLessThan(1e-12);
  expect(differenceFromSkender(bands.middle, "keltner", "centerline")).toBeLessThan(1e-12);
  expect(differenceFromSkender(bands.lower, "keltner", "lowerBand")).toBeLessThan(1e-12);
});
