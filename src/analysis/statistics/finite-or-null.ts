/** The number, or `null` where it does not exist: a result never carries NaN or Infinity. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** `numerator / denominator`, or `null` where the denominator is zero but for rounding (below 1e-12). */
export function ratioOrNull(numerator: number, denominator: number): number | null {
  return Math.abs(denominator) < 1e-12 ? null : finiteOrNull(numerator / denominator);
}
