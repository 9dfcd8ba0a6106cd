/** What is believed before any bar is seen: most differences are nothing, a few are real and then can be large. */
export type EdgePrior = {
  /** Share of differences that are real, 0 to 1. */
  readonly share: number;
  /** What a real difference is worth: its standard deviation, as bars of evidence, `barsPerYear / sharpe^2`. */
  readonly bars: number;
};

/**
 * The expected mean of a series, when `bars` bars had `mean` with `deviation` and `center` was expected: the posterior
 * mean under a spike at `center` and a normal slab around it. Weak evidence stays at the center, strong evidence is
 * believed almost whole. Mitchell and Beauchamp, Bayesian Variable Selection in Linear Regression (JASA 83, 1988).
 */
export function weighEvidence(
  bars: number,
  mean: number,
  deviation: number,
  center: number,
  prior: EdgePrior,
): number {
  if (!(bars > 0) || !(deviation > 0)) return center;
  const trust = bars / (bars + prior.bars);
  const t = ((mean - center) * Math.sqrt(bars)) / deviation;
  // The factor by which the bars speak for a real difference; its logarithm does not overflow.
  const logFactor = Math.log(1 - trust) / 2 + (t * t * trust) / 2;
  const logOdds = Math.log(prior.share / (1 - prior.share)) + logFactor;
  const probability = 1 / (1 + Math.exp(-logOdds));
  return center + probability * trust * (mean - center);
}
