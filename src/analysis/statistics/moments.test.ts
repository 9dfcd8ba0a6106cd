import { expect, test } from "vitest";
import { kurtosis, mean, sampleDeviation, skewness } from "./moments.ts";
import { median, quantile, sorted } from "./quantile.ts";

const returns = Float64Array.of(
  0.012,
  -0.004,
  0.007,
  -0.011,
  0.003,
  0,
  0.021,
  -0.008,
  0.004,
  0.006,
  -0.015,
  0.009,
);

// Expected: scipy.stats.skew, scipy.stats.kurtosis(fisher=False), numpy.percentile and numpy.std(ddof=1) on the same values.
test("moments agree with SciPy and NumPy", () => {
  expect(mean(returns)).toBeCloseTo(0.002, 15);
  expect(sampleDeviation(returns)).toBeCloseTo(0.010242513895967675, 15);
  expect(skewness(returns)).toBeCloseTo(0.005832111862297864, 13);
  expect(kurtosis(returns)).toBeCloseTo(2.406044532017338, 13);
});

test("quantiles interpolate as NumPy does", () => {
  const ascending = sorted(returns);
  expect(quantile(ascending, 0.05)).toBeCloseTo(-0.0128, 15);
  expect(quantile(ascending, 0.95)).toBeCloseTo(0.01605, 15);
  expect(quantile(ascending, 0.33)).toBeCloseTo(-0.00148, 15);
  expect([quantile(ascending, 0), quantile(ascending, 1)]).toEqual([-0.015, 0.021]);
  expect(median(Float64Array.of(3, 1, 2))).toBe(2);
});

test("too few values, no spread and missing values have no moments and no quantiles", () => {
  expect(sampleDeviation(Float64Array.of(1))).toBeNaN();
  expect(skewness(Float64Array.of(1, 2))).toBeNull();
  expect(kurtosis(Float64Array.of(1, 2, 4))).toBeNull();
  expect(skewness(new Float64Array(9).fill(0.1))).toBeNull();
  expect(kurtosis(new Float64Array(9).fill(0.1))).toBeNull();
  expect(median(new Float64Array(0))).toBeNaN();
  expect(median(Float64Array.of(1, Number.NaN, 3))).toBeNaN();
});
