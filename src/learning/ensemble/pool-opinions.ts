/** What one model believes about the chance of a rise: a Beta distribution. */
export type Opinion = { readonly alpha: number; readonly beta: number };

/** How opinions become one; `penalty` multiplies the variance between them: 1 as in a mixture, 0 for no penalty. */
export type PoolOptions = { readonly pool: "linear" | "logarithmic"; readonly penalty: number };

/** One opinion made of several. */
export type Pooled = {
  readonly mean: number;
  /** Of the chance itself, disagreement included. */
  readonly variance: number;
  /** Share of the variance that no disagreement explains, 0 to 1; 1 where all have the same mean. */
  readonly agreement: number;
};

/** Ends of a range that holds 90 % of a normal distribution lie this many standard deviations from its middle. */
export const rangeDeviations = 1.645;
/** Less would be a distribution with its weight at 0 and 1. */
const concentrationMin = 2;
const varianceMin = 1e-8;

/** The Beta distribution with this mean and variance; no wider than the uniform one allows. */
export function betaWith(mean: number, variance: number): Opinion {
  const total = Math.max(concentrationMin, (mean * (1 - mean)) / Math.max(varianceMin, variance) - 1);
  return { alpha: mean * total, beta: (1 - mean) * total };
}

/** What is believed by a model that says a probability and the range in which it lies with 90 % confidence. */
export function opinionOf(probability: number, low: number, high: number): Opinion {
  return betaWith(probability, ((high - low) / 2 / rangeDeviations) ** 2);
}

/**
 * Pools Beta opinions by weights that add up to 1. Linear: the mixture, told by its mean and variance (Stone 1961), so that models
 * that contradict one another are together less sure than each. Logarithmic: the normalised product of powers, which of Betas is
 * the Beta with the weighted means of their parameters (Genest and Zidek 1986); disagreement must be counted besides.
 */
export function poolOpinions(
  opinions: readonly Opinion[],
  weights: readonly number[],
  { pool, penalty }: PoolOptions,
): Pooled {
  let [alpha, beta, mixed, within] = [0, 0, 0, 0];
  for (const [k, opinion] of opinions.entries()) {
    const weight = weights[k]!;
    alpha += weight * opinion.alpha;
    beta += weight * opinion.beta;
    mixed += weight * meanOf(opinion);
    within += weight * varianceOf(opinion);
  }
  let between = 0;
  for (const [k, opinion] of opinions.entries()) between += weights[k]! * (meanOf(opinion) - mixed) ** 2;
  const product = { alpha, beta };
  const isLinear = pool === "linear";
  return {
    mean: isLinear ? mixed : meanOf(product),
    variance: (isLinear ? within : varianceOf(product)) + penalty * between,
    agreement: within + between > 0 ? within / (within + between) : 1,
  };
}

function meanOf({ alpha, beta }: Opinion): number {
  return alpha / (alpha + beta);
}

function varianceOf({ alpha, beta }: Opinion): number {
  const total = alpha + beta;
  return (alpha * beta) / (total * total * (total + 1));
}

/**
 * The chance that a pooled opinion comes to, and the range in which it lies with 90 % confidence. What is not trusted belongs to a
 * coin; none of the doubt goes away with it. `caution` widens the range on both sides.
 */
export function rangeOf(
  { mean, variance }: Pooled,
  trust: number,
  caution: number,
): { readonly probability: number; readonly low: number; readonly high: number } {
  const probability = 0.5 + trust * (mean - 0.5);
  const reach = rangeDeviations * Math.sqrt(variance) + caution;
  return { probability, low: Math.max(0, probability - reach), high: Math.min(1, probability + reach) };
}
