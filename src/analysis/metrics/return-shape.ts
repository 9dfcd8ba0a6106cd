import { ratioOrNull } from "../statistics/finite-or-null.ts";
import { quantile, sorted } from "../statistics/quantile.ts";

/**
 * Omega ratio, sum of max(r - threshold, 0) / sum of max(threshold - r, 0); `null` below two returns or without a return
 * under the threshold (per period). Source: Keating and Shadwick, A Universal Performance Measure (2002).
 */
export function omega(returns: Float64Array, threshold = 0): number | null {
  let above = 0;
  let below = 0;
  for (const value of returns) {
    if (value > threshold) above += value - threshold;
    else below += threshold - value;
  }
  return returns.length < 2 ? null : ratioOrNull(above, below);
}

/** Tail ratio, |95 % quantile| / |5 % quantile| of the returns (type 7); `null` below two returns. */
export function tailRatio(returns: Float64Array): number | null {
  const ascending = sorted(returns);
  if (ascending.length < 2) return null;
  return ratioOrNull(Math.abs(quantile(ascending, 0.95)), Math.abs(quantile(ascending, 0.05)));
}
