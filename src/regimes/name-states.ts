import type { RegimeLabel } from "../domain/regime.ts";
import { labelStates, measureStates, type StateStatistics } from "../learning/hmm/label-states.ts";

/** A mean return of fewer of its own standard deviations than this is no trend, however weak the others are. */
const trendSignalMin = 0.04;
/** A state trends when its mean is at least this share of the strongest one, in standard deviations of each. */
const trendShare = 0.35;
/** Posteriors mix the states a little, which brings their volatilities nearer to each other: 1.5 would be too much. */
const volatileRatio = 1.4;

/**
 * What the states were like on the bars that the filter gave to them, and their names. A block at the turn of two
 * regimes belongs to both, so a sideways state has some of its neighbours' drift: what counts as a trend is measured
 * against the strongest trend there is.
 */
export function nameStates(
  posteriors: Float64Array,
  logReturns: Float64Array,
  states: number,
): { readonly statistics: readonly StateStatistics[]; readonly labels: readonly RegimeLabel[] } {
  const statistics = measureStates(posteriors, logReturns, states);
  const strongest = statistics.reduce((most, { meanReturn, volatility, share }) => {
    const signal = Math.abs(meanReturn / volatility);
    return share >= 0.01 && signal > most ? signal : most;
  }, 0);
  return {
    statistics,
    labels: labelStates(statistics, {
      trendSignal: Math.max(trendSignalMin, trendShare * strongest),
      volatileRatio,
    }),
  };
}
