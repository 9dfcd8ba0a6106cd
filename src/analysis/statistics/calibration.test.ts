import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import {
  brierScore,
  expectedCalibrationError,
  maximumCalibrationError,
  reliabilityBins,
} from "./calibration.ts";

const probabilities = Float64Array.of(0.05, 0.05, 0.55, 0.55, 0.95, 1);
const outcomes = [0, 1, 1, 0, 1, 1];

test("equal-width bins group by value, with 1 in the last bin", () => {
  const bins = reliabilityBins(probabilities, outcomes, "equal-width");
  expect(bins).toEqual([
    { count: 2, meanProbability: 0.05, frequency: 0.5 },
    { count: 2, meanProbability: 0.55, frequency: 0.5 },
    { count: 2, meanProbability: 0.975, frequency: 1 },
  ]);
  expect(expectedCalibrationError(bins)).toBeCloseTo((0.45 + 0.05 + 0.025) / 3, 15);
  expect(maximumCalibrationError(bins)).toBeCloseTo(0.45, 15);
});

test("equal-mass bins hold about as many predictions each and never part equal ones", () => {
  const spread = Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) / 100);
  const even = reliabilityBins(spread, new Uint8Array(100), "equal-mass", 10);
  expect(even.map((bin) => bin.count)).toEqual(new Array(10).fill(10));
  const tied = reliabilityBins(new Float64Array(100).fill(0.3), new Uint8Array(100), "equal-mass", 10);
  expect(tied).toHaveLength(1);
});

test("the Brier score is the mean squared error of the probabilities", () => {
  expect(brierScore(Float64Array.of(0.1, 0.8), [0, 1])).toBeCloseTo((0.01 + 0.04) / 2, 15);
  expect(brierScore(new Float64Array(8).fill(0.5), [0, 1, 0, 1, 1, 1, 0, 0])).toBe(0.25);
});

test("forecasts that are true to their word have a small calibration error, overconfident ones a large one", () => {
  const prng = new Prng(41);
  const said = Float64Array.from({ length: 20_000 }, () => prng.next());
  const happened = Uint8Array.from(said, (p) => (prng.next() < p ? 1 : 0));
  const overconfident = said.map((p) => (p > 0.5 ? 0.99 : 0.01));
  for (const binning of ["equal-width", "equal-mass"] as const) {
    expect(expectedCalibrationError(reliabilityBins(said, happened, binning))).toBeLessThan(0.015);
    expect(expectedCalibrationError(reliabilityBins(overconfident, happened, binning))).toBeGreaterThan(0.2);
  }
});

test("calibration errors lie in [0, 1], the maximum above the mean", () => {
  const sample = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
    minLength: 1,
  });
  fc.assert(
    fc.property(sample, fc.constantFrom("equal-width" as const, "equal-mass" as const), (pairs, binning) => {
      const bins = reliabilityBins(
        Float64Array.from(pairs, ([p]) => p),
        pairs.map(([, happened]) => (happened ? 1 : 0)),
        binning,
      );
      const mean = expectedCalibrationError(bins)!;
      const largest = maximumCalibrationError(bins)!;
      expect(bins.reduce((total, bin) => total + bin.count, 0)).toBe(pairs.length);
      expect(mean).toBeGreaterThanOrEqual(0);
      expect(mean).toBeLessThanOrEqual(largest + 1e-12);
      expect(largest).toBeLessThanOrEqual(1);
    }),
    { seed: 42 },
  );
});

test("no predictions have no calibration", () => {
  const nothing = new Float64Array(0);
  expect(reliabilityBins(nothing, [], "equal-mass")).toEqual([]);
  expect(expectedCalibrationError([])).toBeNull();
  expect(maximumCalibrationError([])).toBeNull();
  expect(brierScore(nothing, [])).toBeNull();
});
