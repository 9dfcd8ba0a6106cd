import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { donchian } from "./donchian.ts";

const bars = barSeries();

const source = { high: [5, 7, 6, 9], low: [3, 4, 2, 5] };

test("is the range of the bars before the present one", () => {
  const bands = donchian(bars, 2);
  expect([...evaluate(bands.upper, source)]).toEqual([NaN, NaN, 7, 7]);
  expect([...evaluate(bands.middle, source)]).toEqual([NaN, NaN, 5, 4.5]);
  expect([...evaluate(bands.lower, source)]).toEqual([NaN, NaN, 3, 2]);
});

test("a bar can break out of the channel, since its own high does not move it", () => {
  const upper = evaluate(donchian(bars, 2).upper, source);
  expect(source.high[3]).toBeGreaterThan(upper[3]!);
});

test("each output carries its own name", () => {
  for (const [name, output] of Object.entries(donchian(bars)))
    expect(output.key).toMatch(new RegExp(`\\.${name}$`));
});

test.skipIf(!hasShared)(
  "agrees with Skender on SPY at length 20, which leaves the present bar out too",
  () => {
    const bands = donchian(bars);
    expect(differenceFromSkender(bands.upper, "donchian", "upperBand")).toBe(0);
    expect(differenceFromSkender(bands.middle, "donchian", "centerline")).toBe(0);
    expect(differenceFromSkender(bands.lower, "donchian", "lowerBand")).toBe(0);
  },
);
