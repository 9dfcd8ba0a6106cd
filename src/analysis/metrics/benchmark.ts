import { assert } from "../../base/assert.ts";
import { finiteOrNull, ratioOrNull } from "../statistics/finite-or-null.ts";
import { deviationMin, mean, sampleDeviation } from "../statistics/moments.ts";
import { sharpe, volatility } from "./sharpe.ts";

/** Beta, cov(r, b) / var(b); `null` below two returns or where the benchmark does not move. */
export function beta(returns: Float64Array, benchmark: Float64Array): number | null {
  assert(returns.length === benchmark.length, "returns and benchmark cover the same periods");
  if (!(sampleDeviation(benchmark) >= deviationMin)) return null;
  const centre = mean(returns);
  const benchmarkCentre = mean(benchmark);
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < returns.length; i++) {
    const distance = benchmark[i]! - benchmarkCentre;
    covariance += (returns[i]! - centre) * distance;
    variance += distance * distance;
  }
  return finiteOrNull(covariance / variance);
}

/**
 * Jensen's alpha per year, N x (mean(r - rf) - beta x mean(b - rf)), not compounded; `null` without a beta.
 * `riskFreeReturn` is per period. Source: Jensen, The Performance of Mutual Funds (1968).
 */
export function alpha(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear: number,
  riskFreeReturn = 0,
): number | null {
  const slope = beta(returns, benchmark);
  if (slope === null) return null;
  const excess = mean(returns) - riskFreeReturn;
  return finiteOrNull(periodsPerYear * (excess - slope * (mean(benchmark) - riskFreeReturn)));
}

/** Tracking error per year, std(r - b, ddof 1) x sqrt(N); `null` below two returns. */
export function trackingError(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear: number,
): number | null {
  return volatility(activeReturns(returns, benchmark), periodsPerYear);
}

/**
 * Information ratio, mean(r - b) / std(r - b, ddof 1) x sqrt(N); `null` below two returns or where r - b does not move.
 * Source: Goodwin, The Information Ratio (1998).
 */
export function informationRatio(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear: number,
): number | null {
  return sharpe(activeReturns(returns, benchmark), periodsPerYear);
}

/**
 * Treynor ratio, N x mean(r - rf) / beta; `null` without a beta or where it is zero.
 * Source: Treynor, How to Rate Management of Investment Funds (1965).
 */
export function treynor(
  returns: Float64Array,
  benchmark: Float64Array,
  periodsPerYear: number,
  riskFreeReturn = 0,
): number | null {
  const slope = beta(returns, benchmark);
  return slope === null ? null : ratioOrNull(periodsPerYear * (mean(returns) - riskFreeReturn), slope);
}

function activeReturns(returns: Float64Array, benchmark: Float64Array): Float64Array {
  assert(returns.length === benchmark.length, "returns and benchmark cover the same periods");
  return returns.map((value, i) => value - benchmark[i]!);
}
