import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { trueRange } from "./true-range.ts";

const bars = barSeries();

// True ranges by hand: 2; 15 - 10 = 5 (gap up); 14.5 - 7 = 7.5 (gap down).
const source = { high: [10, 11, 15, 8], low: [8, 9.5, 14, 7], close: [9, 10, 14.5, 7.5] };

test("counts the gap from the close before, up or down, and has no value on the first bar", () => {
  expect([...evaluate(trueRange(bars), source)]).toEqual([NaN, 2, 5, 7.5]);
});

test.skipIf(!hasShared)("agrees with Skender on SPY", () => {
  expect(differenceFromSkender(trueRange(bars), "tr", "tr")).toBeLessThan(1e-12);
});
