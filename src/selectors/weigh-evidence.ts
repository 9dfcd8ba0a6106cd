/** What bars say of one difference between two strategies. */
export type Evidence = {
  /** Logarithm of the Bayes factor: how much better the bars fit a real difference than none. */
  readonly logFactor: number;
  /** Expected size of the difference if it is real, and the variance of that. */
  readonly mean: number;
  readonly variance: number;
};

const nothing: Evidence = { logFactor: 0, mean: 0, variance: 0 };

/**
 * `bars` bars had a difference of `mean` with `deviation`: a normal slab around nothing, whose width is worth
 * `priorBars` bars of evidence, against no difference at all. Mitchell and Beauchamp, Bayesian Variable Selection in
 * Linear Regression (JASA 83, 1988).
 */
export function weighEvidence(bars: number, mean: number, deviation: number, priorBars: number): Evidence {
  if (!(bars > 0) || !(deviation > 0) || Number.isNaN(mean)) return nothing;
  const trust = bars / (bars + priorBars);
  const t = (mean * Math.sqrt(bars)) / deviation;
  return {
    logFactor: Math.log(1 - trust) / 2 + (t * t * trust) / 2,
    mean: trust * mean,
    variance: (trust * deviation ** 2) / bars,
  };
}

/** How far ahead one strategy is believed to be, and the standard deviation of that. */
export type Lead = { readonly mean: number; readonly doubt: number };

/**
 * The lead where each regime has its `weights` now. Two questions, one above the other: whether the two strategies differ
 * at all, which a share of `share` is expected to do and all regimes answer together; and if so, in which regimes, half
 * of them being expected to. Asked of each regime alone, a lead would be proved as many times over as there are regimes.
 * Under no difference the factor of all regimes exceeds 1 / share at any time with a probability of at most `share`
 * (Ville 1939). Xu and Ghosh, Bayesian Variable Selection and Estimation for Group Lasso (Bayesian Analysis 10, 2015).
 */
export function leadOf(evidence: readonly Evidence[], weights: readonly number[], share: number): Lead {
  let logFactor = 0;
  for (let k = 0; k < evidence.length; k++) logFactor += logSumOfHalves(evidence[k]!.logFactor);
  const differs = sigmoid(Math.log(share / (1 - share)) + logFactor);
  let mean = 0;
  let variance = 0;
  for (let k = 0; k < evidence.length; k++) {
    const regime = evidence[k]!;
    mean += weights[k]! * differs * sigmoid(regime.logFactor) * regime.mean;
    variance += weights[k]! ** 2 * regime.variance;
  }
  return { mean, doubt: Math.sqrt(variance) };
}

/** log(1/2 + e^x / 2), without overflow. */
function logSumOfHalves(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - Math.LN2;
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
