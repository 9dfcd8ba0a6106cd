import { finiteOrNull } from "./finite-or-null.ts";
import { mean, sampleDeviation } from "./moments.ts";
import { normalDensity, normalQuantile } from "./normal.ts";
import { quantile, sorted } from "./quantile.ts";

/**
 * Historical value at risk of one period as a positive loss: minus the (1 - level) quantile of the returns, type 7.
 * `null` when the sample is too small to hold one return of that tail (20 for 95 %, 100 for 99 %).
 */
export function valueAtRisk(returns: Float64Array, level: number): number | null {
  if (!reachesTail(returns, level)) return null;
  return finiteOrNull(-quantile(sorted(returns), 1 - level));
}

/**
 * Historical expected shortfall of one period as a positive loss: minus the mean of the floor((n - 1)(1 - level)) + 1
 * worst returns, those at or beyond the value at risk. `null` as `valueAtRisk`.
 * Source: Acerbi and Tasche, On the Coherence of Expected Shortfall (2002).
 */
export function conditionalValueAtRisk(returns: Float64Array, level: number): number | null {
  if (!reachesTail(returns, level)) return null;
  const worst = Math.floor((returns.length - 1) * (1 - level) + 1e-9) + 1;
  return Number.isFinite(mean(returns)) ? finiteOrNull(-mean(sorted(returns).subarray(0, worst))) : null;
}

/** Value at risk of a normal distribution with the sample's moments, -(mean + z std), z the (1 - level) quantile. */
export function normalValueAtRisk(returns: Float64Array, level: number): number | null {
  return finiteOrNull(-(mean(returns) + normalQuantile(1 - level) * sampleDeviation(returns)));
}

/** Expected shortfall of a normal distribution with the sample's moments, std phi(z) / (1 - level) - mean. */
export function normalConditionalValueAtRisk(returns: Float64Array, level: number): number | null {
  const tailMean = normalDensity(normalQuantile(1 - level)) / (1 - level);
  return finiteOrNull(sampleDeviation(returns) * tailMean - mean(returns));
}

/**
 * Value at risk of a normal distribution without a mean whose variance forgets: -z sigma, where sigma squared is the mean
 * of the squared returns with weights that fall by `decay` a period into the past.
 * Source: RiskMetrics Technical Document, 4th edition (1996), chapter 5; its decay for days is 0.94.
 */
export function forgettingValueAtRisk(returns: Float64Array, level: number, decay: number): number | null {
  return finiteOrNull(-normalQuantile(1 - level) * forgettingDeviation(returns, decay));
}

/** Expected shortfall of the same distribution: sigma phi(z) / (1 - level). */
export function forgettingConditionalValueAtRisk(
  returns: Float64Array,
  level: number,
  decay: number,
): number | null {
  const tailMean = normalDensity(normalQuantile(1 - level)) / (1 - level);
  return finiteOrNull(forgettingDeviation(returns, decay) * tailMean);
}

/** The newest return is the last. */
function forgettingDeviation(returns: Float64Array, decay: number): number {
  let sum = 0;
  let weights = 0;
  for (const one of returns) {
    sum = sum * decay + one * one;
    weights = weights * decay + 1;
  }
  return Math.sqrt(sum / weights);
}

/** Whether the sample is expected to hold at least one return beyond the level. */
function reachesTail(returns: Float64Array, level: number): boolean {
  return returns.length * (1 - level) >= 1 - 1e-9;
}
