import { finiteOrNull } from "./finite-or-null.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

const eulerGamma = 0.5772156649015329;

/** What the significance of a Sharpe ratio depends on; all per period, nothing annualised. */
export type SharpeSample = {
  /** mean / standard deviation (ddof 1) of the returns of one period. */
  readonly sharpe: number;
  /** Number of returns. */
  readonly count: number;
  /** Population skewness. */
  readonly skew: number;
  /** Population kurtosis, raw: 3 when normal. Excess kurtosis here is a known mistake and flatters the result. */
  readonly kurtosis: number;
};

/**
 * Probability that the true Sharpe ratio exceeds `threshold` (per period); `null` below two returns.
 * Source: Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012).
 */
export function probabilisticSharpe(sample: SharpeSample, threshold = 0): number | null {
  const variance = unitVariance(sample);
  if (sample.count < 2 || !(variance > 0)) return null;
  return finiteOrNull(
    normalCdf(((sample.sharpe - threshold) * Math.sqrt(sample.count - 1)) / Math.sqrt(variance)),
  );
}

/**
 * The Sharpe ratio per period that the best of `trials` attempts without any skill is expected to show, when their
 * Sharpe ratios have the variance `variance`. One trial is no selection: 0.
 * Source: Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014).
 */
export function expectedMaximumSharpe(trials: number, variance: number): number {
  if (trials <= 1) return 0;
  const typical = normalQuantile(1 - 1 / trials);
  const extreme = normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * ((1 - eulerGamma) * typical + eulerGamma * extreme);
}

/**
 * Probability that the true Sharpe ratio is above zero after `trials` attempts: PSR against the expected maximum.
 * Source: Bailey and Lopez de Prado, The Deflated Sharpe Ratio (2014).
 */
export function deflatedSharpe(sample: SharpeSample, trials: number, variance: number): number | null {
  return probabilisticSharpe(sample, expectedMaximumSharpe(trials, variance));
}

/**
 * Number of returns from which the Sharpe ratio seen would be above `threshold` at the given confidence; `null` where
 * it is not above the threshold, because then no length would do.
 * Source: Bailey and Lopez de Prado, The Sharpe Ratio Efficient Frontier (2012).
 */
export function minTrackRecordLength(sample: SharpeSample, threshold = 0, confidence = 0.95): number | null {
  const edge = sample.sharpe - threshold;
  if (sample.count < 2 || !(edge > 0)) return null;
  return finiteOrNull(1 + unitVariance(sample) * (normalQuantile(confidence) / edge) ** 2);
}

/** Variance of the estimated Sharpe ratio, times n - 1 (Mertens 2002). */
function unitVariance({ sharpe, skew, kurtosis }: SharpeSample): number {
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}
