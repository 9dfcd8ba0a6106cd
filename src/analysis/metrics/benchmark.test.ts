import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { alpha, beta, informationRatio, trackingError, treynor } from "./benchmark.ts";

const prng = new Prng(57);
const benchmark = Float64Array.from({ length: 400 }, () => 0.0004 + 0.01 * prng.normal());

test("a levered benchmark with a steady extra has that leverage as beta and that extra as alpha", () => {
  const returns = benchmark.map((value) => 0.0002 + 1.5 * value);
  expect(beta(returns, benchmark)).toBeCloseTo(1.5, 12);
  expect(alpha(returns, benchmark, 252)).toBeCloseTo(0.0002 * 252, 12);
});

test("the risk-free rate is taken from both sides before alpha is measured", () => {
  const riskFree = 0.0001;
  const returns = benchmark.map((value) => riskFree + 0.5 * (value - riskFree));
  expect(alpha(returns, benchmark, 252, riskFree)).toBeCloseTo(0, 12);
  const mean = returns.reduce((a, b) => a + b) / returns.length;
  expect(treynor(returns, benchmark, 252, riskFree)).toBeCloseTo((252 * (mean - riskFree)) / 0.5, 10);
});

test("tracking error and information ratio are volatility and Sharpe ratio of the difference", () => {
  const difference = Float64Array.of(0.01, -0.01, 0.02, 0.02);
  const held = Float64Array.of(0.03, 0.01, -0.02, 0);
  const returns = held.map((value, i) => value + difference[i]!);
  // Differences: mean 0.01, sum of squares about it 0.0006, so std = sqrt(0.0002).
  expect(trackingError(returns, held, 100)).toBeCloseTo(Math.sqrt(0.0002) * 10, 12);
  expect(informationRatio(returns, held, 100)).toBeCloseTo((0.01 / Math.sqrt(0.0002)) * 10, 10);
});

test("a benchmark that does not move, or is the account itself, has no such ratios", () => {
  const flat = new Float64Array(400).fill(0.001);
  expect(beta(benchmark, flat)).toBeNull();
  expect(alpha(benchmark, flat, 252)).toBeNull();
  expect(treynor(benchmark, flat, 252)).toBeNull();
  expect(treynor(new Float64Array(400), benchmark, 252)).toBeNull();
  expect(informationRatio(benchmark, benchmark, 252)).toBeNull();
  expect(trackingError(benchmark, benchmark, 252)).toBe(0);
  expect(beta(Float64Array.of(0.1), Float64Array.of(0.1))).toBeNull();
});

test("returns and benchmark of different lengths are our own bug", () => {
  expect(() => beta(benchmark, benchmark.subarray(1))).toThrow(/same periods/);
});
