import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { deviationMin, mean, sampleDeviation } from "../statistics/moments.ts";

/** std(r, ddof 1) x sqrt(N); `null` below two returns. */
export function volatility(returns: Float64Array, periodsPerYear: number): number | null {
  return finiteOrNull(sampleDeviation(returns) * Math.sqrt(periodsPerYear));
}

/**
 * Sharpe ratio, mean(r - rf) / std(r, ddof 1) x sqrt(N); `null` below two returns or where std is below 1e-12.
 * `riskFreeReturn` is per period. Source: Sharpe, The Sharpe Ratio (1994).
 */
export function sharpe(returns: Float64Array, periodsPerYear: number, riskFreeReturn = 0): number | null {
  return finiteOrNull(sharpeFrom(mean(returns), sampleDeviation(returns), periodsPerYear, riskFreeReturn));
}

/** The Sharpe ratio of a mean and a deviation; NaN where it does not exist. Shared with sweeps, to the last bit. */
export function sharpeFrom(
  mean: number,
  deviation: number,
  periodsPerYear: number,
  riskFreeReturn: number,
): number {
  if (!(deviation >= deviationMin)) return Number.NaN;
  return ((mean - riskFreeReturn) / deviation) * Math.sqrt(periodsPerYear);
}

/**
 * Sortino ratio, mean(r - MAR) / sqrt(mean(min(r - MAR, 0)^2)) x sqrt(N), the mean square over ALL n returns; `null`
 * below two returns or without a return under the minimum acceptable return MAR (per period).
 * Source: Sortino and Price, Performance Measurement in a Downside Risk Framework (1994).
 */
export function sortino(
  returns: Float64Array,
  periodsPerYear: number,
  minimumAcceptableReturn = 0,
): number | null {
  const downside = downsideDeviation(returns, minimumAcceptableReturn);
  if (returns.length < 2 || !(downside >= deviationMin)) return null;
  return finiteOrNull(((mean(returns) - minimumAcceptableReturn) / downside) * Math.sqrt(periodsPerYear));
}

/** sqrt(mean(min(r - MAR, 0)^2)) over all returns, per period; NaN of nothing. */
function downsideDeviation(returns: Float64Array, minimumAcceptableReturn: number): number {
  let total = 0;
  for (let i = 0; i < returns.length; i++) {
    const excess = returns[i]! - minimumAcceptableReturn;
    if (!(excess >= 0)) total += excess * excess;
  }
  return Math.sqrt(total / returns.length);
}
