import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalCdf, normalDensity, normalQuantile } from "./normal.ts";

/** x and Phi(x), from erfc in 40-digit arithmetic (mpmath 1.3) rounded to the nearest double. */
const distribution = [
  [-30, 4.906713927148187e-198],
  [-8, 6.220960574271784e-16],
  [-3.5, 0.00023262907903552504],
  [-1, 0.15865525393145705],
  [-0.1, 0.460172162722971],
  [0.3, 0.6179114221889527],
  [1.96, 0.9750021048517795],
  [5, 0.9999997133484281],
] as const;

/** p and the x with Phi(x) = p, found by root search in 40-digit arithmetic (mpmath 1.3). */
const quantiles = [
  [1e-300, -37.0470962993612],
  [1e-20, -9.262340089798407],
  [0.001, -3.0902323061678136],
  [0.05, -1.6448536269514726],
  [0.3, -0.5244005127080408],
  [0.975, 1.9599639845400543],
] as const;

test("the normal distribution function agrees with 40-digit arithmetic, deep tails included", () => {
  for (const [x, expected] of distribution) expect(Math.abs(normalCdf(x) / expected - 1)).toBeLessThan(1e-14);
});

test("the normal quantile agrees with 40-digit arithmetic, deep tails included", () => {
  for (const [p, expected] of quantiles) {
    expect(Math.abs(normalQuantile(p) / expected - 1)).toBeLessThan(1e-14);
  }
});

test("the ends of the distribution are exact and nonsense is NaN", () => {
  expect([normalCdf(-Infinity), normalCdf(0), normalCdf(Infinity)]).toEqual([0, 0.5, 1]);
  expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
  expect([normalCdf(Number.NaN), normalQuantile(-0.1), normalQuantile(1.1)]).toEqual([NaN, NaN, NaN]);
  expect([normalCdf(-100), normalDensity(-100)]).toEqual([0, 0]);
});

test("the quantile undoes the distribution function, and both sides mirror", () => {
  fc.assert(
    fc.property(fc.double({ min: -8, max: 0, noNaN: true }), (x) => {
      const p = normalCdf(x);
      expect(normalQuantile(p)).toBeCloseTo(x, 10);
      expect(p + normalCdf(-x)).toBeCloseTo(1, 14);
    }),
    { seed: 11 },
  );
});

test("the density is the slope of the distribution function", () => {
  for (const x of [-3, -0.5, 0, 1.2, 4.5]) {
    const slope = (normalCdf(x + 1e-5) - normalCdf(x - 1e-5)) / 2e-5;
    expect(Math.abs(slope - normalDensity(x))).toBeLessThan(1e-10);
  }
});
