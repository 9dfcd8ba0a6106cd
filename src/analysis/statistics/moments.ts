import { finiteOrNull } from "./finite-or-null.ts";

/** Below this a standard deviation is rounding noise, and every ratio over it would be an invention. */
export const deviationMin = 1e-12;

/** Arithmetic mean; NaN of nothing. */
export function mean(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total / values.length;
}

/** Standard deviation with n - 1 in the denominator (ddof 1), in two passes; NaN below two values. */
export function sampleDeviation(values: Float64Array): number {
  if (values.length < 2) return Number.NaN;
  return Math.sqrt(centralSum(values, 2) / (values.length - 1));
}

/** Population skewness m3 / m2^1.5; `null` below three values or without spread. */
export function skewness(values: Float64Array): number | null {
  const variance = centralSum(values, 2) / values.length;
  if (values.length < 3 || Math.sqrt(variance) < deviationMin) return null;
  return finiteOrNull(centralSum(values, 3) / values.length / variance ** 1.5);
}

/** Population kurtosis m4 / m2^2, raw: 3 for a normal distribution; `null` below four values or without spread. */
export function kurtosis(values: Float64Array): number | null {
  const variance = centralSum(values, 2) / values.length;
  if (values.length < 4 || Math.sqrt(variance) < deviationMin) return null;
  return finiteOrNull(centralSum(values, 4) / values.length / variance ** 2);
}

/** Sum of the powers of the distances from the mean. */
function centralSum(values: Float64Array, order: 2 | 3 | 4): number {
  const centre = mean(values);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const distance = values[i]! - centre;
    const square = distance * distance;
    total += order === 2 ? square : order === 3 ? square * distance : square * square;
  }
  return total;
}
