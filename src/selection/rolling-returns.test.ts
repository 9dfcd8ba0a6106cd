import fc from "fast-check";
import { expect, test } from "vitest";
import { RollingReturns } from "./rolling-returns.ts";
import { growthOf, WeightedReturns } from "./weighted-returns.ts";

const returnsOf = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 2, maxLength: 120 });

/** The same numbers from their definitions, over all returns at once. */
function plain(returns: readonly number[], barsPerYear: number) {
  const bars = returns.length;
  const mean = returns.reduce((sum, value) => sum + value, 0) / bars;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (bars - 1);
  const downside = Math.sqrt(returns.reduce((sum, value) => sum + Math.min(0, value) ** 2, 0) / bars);
  let equity = 1;
  let peak = 1;
  let drawdownMax = 0;
  for (const value of returns) {
    equity *= 1 + value;
    peak = Math.max(peak, equity);
    drawdownMax = Math.min(drawdownMax, equity / peak - 1);
  }
  return {
    mean,
    deviation: Math.sqrt(variance),
    sharpe: (mean / Math.sqrt(variance)) * Math.sqrt(barsPerYear),
    sortino: (mean / downside) * Math.sqrt(barsPerYear),
    drawdownMax,
    drawdown: equity / peak - 1,
  };
}

function expectNear(actual: number, expected: number): void {
  if (!Number.isFinite(expected)) return;
  expect(Math.abs(actual - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
}

test("a rolling window says what the definitions say over its bars, whatever came before", () => {
  fc.assert(
    fc.property(returnsOf, fc.integer({ min: 1, max: 60 }), (returns, windowBars) => {
      const rolling = new RollingReturns(windowBars, 252);
      for (const value of returns) rolling.add(value, true, 0);
      const last = returns.slice(-windowBars);
      const { drawdownMax, drawdown, mean, deviation, sharpe, sortino } = rolling.view();
      const expected = plain(last, 252);
      expect(rolling.bars).toBe(last.length);
      expectNear(mean, expected.mean);
      expectNear(drawdownMax, expected.drawdownMax);
      expectNear(drawdown, expected.drawdown);
      if (last.length < 2 || expected.deviation < 1e-6) return;
      expectNear(deviation, expected.deviation);
      expectNear(sharpe, expected.sharpe);
      if (expected.sortino < 1e6) expectNear(sortino, expected.sortino);
    }),
    { seed: 55, numRuns: 300 },
  );
});

test("bars of weight one give the numbers of all bars; a bar of half weight counts half", () => {
  fc.assert(
    fc.property(returnsOf, (returns) => {
      const whole = new WeightedReturns(8760);
      for (const value of returns) whole.add(value, growthOf(value), 1, true, 0);
      const expected = plain(returns, 8760);
      const view = whole.view();
      expectNear(view.mean, expected.mean);
      expectNear(view.drawdownMax, expected.drawdownMax);
      if (expected.deviation > 1e-6) expectNear(view.deviation, expected.deviation);
    }),
    { seed: 56, numRuns: 200 },
  );
  const halves = new WeightedReturns(252);
  halves.add(0.1, growthOf(0.1), 1, true, 1);
  halves.add(-0.2, growthOf(-0.2), 0.5, true, 0);
  const { bars, mean, turnover, hitRate } = halves.view();
  expect(bars).toBe(1.5);
  expect(mean).toBeCloseTo((0.1 - 0.1) / 1.5, 12);
  expect(turnover).toBeCloseTo(1 / 1.5, 12);
  expect(hitRate).toBeCloseTo(1 / 1.5, 12);
});

test("hits are counted among the bars with a position, turnover among all", () => {
  const rolling = new RollingReturns(4, 252);
  rolling.add(0.5, true, 9); // Leaves the window.
  for (const [value, isExposed, turnover] of [
    [0.01, true, 1],
    [-0.01, true, 0],
    [0, false, 0],
    [0.02, true, 1],
  ] as const)
    rolling.add(value, isExposed, turnover);
  expect(rolling.view()).toMatchObject({ bars: 4, turnover: 0.5 });
  expect(rolling.view().hitRate).toBeCloseTo(2 / 3, 12);
});

test("before the first bar nothing is known", () => {
  for (const value of Object.values(new RollingReturns(5, 252).view()).slice(1)) expect(value).toBeNaN();
  for (const value of Object.values(new WeightedReturns(252).view()).slice(1)) expect(value).toBeNaN();
});
