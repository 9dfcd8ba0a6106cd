import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import { longRunShares } from "./dwell.ts";
import type { HmmParams } from "./hmm-params.ts";

/** What a state's returns are like; the unit of time is the row. */
export type StateStatistics = {
  readonly meanReturn: number;
  /** Standard deviation of the return. */
  readonly volatility: number;
  /** Share of the rows, 0 to 1. */
  readonly share: number;
};

/** Where one label ends and the next begins. */
export type LabelThresholds = {
  /** A state trends when its mean return is at least this many of its own standard deviations; 0.04 by default. */
  readonly trendSignal?: number;
  /** A state is volatile from this many times the usual volatility; 1.5 by default. */
  readonly volatileRatio?: number;
  /** A state with a smaller share of the rows is unknown: its statistics are chance; 0.01 by default. */
  readonly shareMin?: number;
};

/** Statistics of the states by their parameters, when one of the features is the return of a row. */
export function statisticsOfStates(params: HmmParams, returnFeature: number): readonly StateStatistics[] {
  const { states, features, covariance, means, covariances } = params;
  const shares = longRunShares(params);
  return Array.from({ length: states }, (_, state) => {
    const at = state * features + returnFeature;
    const variance = covariances[covariance === "full" ? at * features + returnFeature : at]!;
    return { meanReturn: means[at]!, volatility: Math.sqrt(variance), share: shares[state]! };
  });
}

/**
 * Statistics of the states by the returns of the rows that the filter gave to them, whatever the features are.
 * `posteriors` is row-major with `states` columns, one line per return; a return of NaN is left out. A state without
 * rows has NaN for mean and volatility.
 */
export function measureStates(
  posteriors: Float64Array,
  returns: Float64Array,
  states: number,
): readonly StateStatistics[] {
  const totals = Array.from({ length: states }, () => ({ weight: 0, sum: 0, squares: 0 }));
  let all = 0;
  for (const [row, value] of returns.entries()) {
    if (!Number.isFinite(value)) continue;
    all += 1;
    for (let state = 0; state < states; state++) {
      const weight = posteriors[row * states + state]!;
      const total = totals[state]!;
      total.weight += weight;
      total.sum += weight * value;
      total.squares += weight * value * value;
    }
  }
  return totals.map(({ weight, sum, squares }) => {
    const mean = sum / weight;
    const variance = Math.max(0, squares / weight - mean * mean);
    return { meanReturn: mean, volatility: Math.sqrt(variance), share: all === 0 ? 0 : weight / all };
  });
}

/**
 * Names each state after what its returns do, so that a name means the same after every training. In this order: rare
 * or without statistics is `unknown`; a volatility of `volatileRatio` times the usual one (the share-weighted median)
 * is `volatile`, in whatever direction it goes; a mean of `trendSignal` standard deviations is a trend; the rest is
 * `sideways`. Several states may get the same name: their probabilities then add up.
 */
export function labelStates(
  statistics: readonly StateStatistics[],
  thresholds: LabelThresholds = {},
): readonly RegimeLabel[] {
  const { trendSignal = 0.04, volatileRatio = 1.5, shareMin = 0.01 } = thresholds;
  const usual = usualVolatility(statistics);
  return statistics.map(({ meanReturn, volatility, share }) => {
    if (!isMeasured(meanReturn, volatility) || share < shareMin) return "unknown";
    if (volatility >= volatileRatio * usual) return "volatile";
    if (Math.abs(meanReturn) < trendSignal * volatility) return "sideways";
    return meanReturn > 0 ? "trend-up" : "trend-down";
  });
}

function isMeasured(meanReturn: number, volatility: number): boolean {
  return Number.isFinite(meanReturn) && volatility > 0 && volatility < Infinity;
}

/** The volatility that half of the rows do not exceed. */
function usualVolatility(statistics: readonly StateStatistics[]): number {
  const known = statistics
    .filter(({ meanReturn, volatility }) => isMeasured(meanReturn, volatility))
    .toSorted((a, b) => a.volatility - b.volatility);
  const half = known.reduce((sum, { share }) => sum + share, 0) / 2;
  let sum = 0;
  for (const { volatility, share } of known) {
    sum += share;
    if (sum >= half) return volatility;
  }
  return Number.NaN;
}

/**
 * Probabilities of the labels, in the order of `regimeLabels`, from those of the states: written to `into` (5 numbers)
 * and returned.
 */
export function labelProbabilities(
  posterior: Float64Array,
  labels: readonly RegimeLabel[],
  into: Float64Array,
): Float64Array {
  into.fill(0);
  for (let state = 0; state < labels.length; state++) {
    into[regimeLabels.indexOf(labels[state]!)]! += posterior[state]!;
  }
  return into;
}
