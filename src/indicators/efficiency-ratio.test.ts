import { expect, test } from "vitest";
import { evaluate } from "../../test/indicator-fixtures.ts";
import { differenceFromSkender } from "../../test/known-answers.ts";
import { hasShared } from "../../test/shared.ts";
import { barSeries } from "../domain/expression.ts";
import { efficiencyRatio } from "./efficiency-ratio.ts";

const bars = barSeries();

test("is 1 on a straight way, 0 on a round trip and a third on one step back of two forward", () => {
  const ratio = efficiencyRatio(bars.close, 2);
  expect([...evaluate(ratio, { close: [1, 2, 4, 2, 3] })]).toEqual([NaN, NaN, 1, 0, 1 / 3]);
});

test("is 0 where nothing moved and never above 1", () => {
  expect(evaluate(efficiencyRatio(bars.close, 2), { close: [9, 0.1, 0.1, 0.1] })[3]).toBe(0);
  const close = Array.from({ length: 500 }, (_, row) => row / 10);
  expect(Math.max(...evaluate(efficiencyRatio(bars.close, 7), { close }).subarray(7))).toBe(1);
});

test.skipIf(!hasShared)("agrees with the ratio in Skender's KAMA on SPY at length 10", () => {
  expect(differenceFromSkender(efficiencyRatio(bars.close), "kama", "er")).toBeLessThan(1e-12);
});
