import * as fc from "fast-check";
import { expect, test } from "vitest";
import { calmar, ulcerIndex, underwaterDays } from "./drawdown-ratios.ts";
import { drawdowns, maxDrawdownOf, underwater, worstDrawdowns } from "./drawdown.ts";

function curveOf(equity: readonly number[], startEquity = 100) {
  const values = Float64Array.from(equity);
  return {
    closeTimeMs: values.map((_, row) => row * 10),
    equity: values,
    length: values.length,
    startEquity,
  };
}

test("a drawdown runs from the last time at the peak to the first time back", () => {
  const found = drawdowns(curveOf([100, 120, 120, 90, 60, 90, 120, 130, 117, 120]));
  expect(found).toEqual([
    { depth: 0.5, peakTimeMs: 20, troughTimeMs: 40, recoveryTimeMs: 60, durationMs: 40 },
    { depth: 0.1, peakTimeMs: 70, troughTimeMs: 80, recoveryTimeMs: null, durationMs: 20 },
  ]);
});

test("the starting equity is the first peak", () => {
  const [only] = drawdowns(curveOf([90, 80, 100]));
  expect(only).toEqual({ depth: 0.2, peakTimeMs: 0, troughTimeMs: 10, recoveryTimeMs: 20, durationMs: 20 });
});

test("the five worst come deepest first", () => {
  const falls = [98, 100, 90, 100, 95, 100, 97, 100, 80, 100, 99, 100, 85, 100];
  const depths = worstDrawdowns(drawdowns(curveOf(falls))).map((drawdown) => drawdown.depth.toFixed(2));
  expect(depths).toEqual(["0.20", "0.15", "0.10", "0.05", "0.03"]);
});

test("rounding noise of a flat curve is no drawdown", () => {
  expect(drawdowns(curveOf([100, 100 - 1e-13, 100, 100 - 2e-13]))).toEqual([]);
});

test("depths lie in [0, 1] and every way to the largest one agrees", () => {
  const equities = fc.array(fc.double({ min: 0.01, max: 1000, noNaN: true }), { maxLength: 80 });
  fc.assert(
    fc.property(equities, (equity) => {
      const curve = curveOf(equity);
      const deepest = maxDrawdownOf(curve.equity, curve.length, 100);
      const depths = underwater(curve.equity, curve.length, 100);
      expect(depths.every((depth) => depth >= 0 && depth < 1)).toBe(true);
      expect(Math.max(0, ...depths)).toBe(deepest);
      if (deepest >= 1e-12) expect(worstDrawdowns(drawdowns(curve), 1)[0]!.depth).toBe(deepest);
    }),
    { seed: 55 },
  );
});

test("Ulcer index and days under water look at the depth of every day", () => {
  const daily = Float64Array.of(100, 90, 80, 100);
  expect(ulcerIndex(daily, 100)).toBeCloseTo(Math.sqrt((0.01 + 0.04) / 4), 15);
  expect(underwaterDays(daily, 100)).toBe(2);
  expect(ulcerIndex(new Float64Array(0), 100)).toBeNull();
});

test("without a drawdown there is no Calmar ratio", () => {
  expect(calmar(0.2, 0)).toBeNull();
  expect(calmar(null, 0.1)).toBeNull();
  expect(calmar(0.2, 0.1)).toBe(2);
});
