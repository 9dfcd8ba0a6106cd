/** How far a model looks ahead, as the weights by regime know it. */
export const terms = ["short", "medium", "long"] as const;
export type Term = (typeof terms)[number];

/** Probabilities of what the market is doing; they add up to 1. */
export type RegimeShares = {
  readonly trending: number;
  readonly ranging: number;
  readonly volatile: number;
  readonly unknown: number;
};

/** Weights of short, medium and long term models by regime. In a volatile market everybody counts half. */
const regimeWeights: Readonly<Record<keyof RegimeShares, readonly [number, number, number]>> = {
  trending: [0.3, 0.35, 0.35],
  ranging: [0.5, 0.3, 0.2],
  volatile: [1 / 6, 1 / 6, 1 / 6],
  unknown: [1 / 3, 1 / 3, 1 / 3],
};

/** A record moves a weight at most by this factor, up or down. */
const recordMax = 8;
/** Honest models with a small edge look this many times worse than a coin now and then: that costs them nothing. */
const patience = 2;
const edge = 1e-6;

/** The term of a model by the bars that it looks ahead: up to 8 short, up to 60 medium. */
export function termOf(horizonBars: number): Term {
  return horizonBars <= 8 ? "short" : horizonBars <= 60 ? "medium" : "long";
}

/**
 * Weights of members by regime, before anything else is known of them. Members of one term share its weight; a term that nobody
 * stands for leaves its weight to the others.
 */
export function termWeights(members: readonly Term[], shares: RegimeShares): readonly number[] {
  const weights = members.map(() => 0);
  for (const regime of Object.keys(regimeWeights) as (keyof RegimeShares)[]) {
    const ofTerms = regimeWeights[regime];
    const whole = ofTerms.reduce((sum, weight) => sum + weight, 0);
    const present = terms.reduce((sum, term, k) => sum + (members.includes(term) ? ofTerms[k]! : 0), 0);
    for (const [k, member] of members.entries()) {
      const sharers = members.filter((other) => other === member).length;
      weights[k]! += (shares[regime] * whole * ofTerms[terms.indexOf(member)]!) / present / sharers;
    }
  }
  return weights;
}

/**
 * How a record multiplies a weight: the likelihood of what came, by what was promised, against that of a coin (the weights of
 * Bayesian model averaging), at most eight times up or down. `promised` are chances of a rise, `rose` whether it did.
 */
export function recordFactor(promised: readonly number[], rose: readonly boolean[]): number {
  let gain = 0;
  for (const [k, chance] of promised.entries())
    gain += Math.log(2 * Math.max(edge, rose[k]! ? chance : 1 - chance));
  return Math.exp(Math.min(Math.log(recordMax), Math.max(-Math.log(recordMax), gain)));
}

/**
 * Final weights, which add up to the sum of `base` at most: what is missing belongs to a coin. `base` by regime, `records` by what came
 * of the last calls, `confidence` 0 to 1 by the model's own range. Both shift weight among members; records that are together less
 * than half as good as a coin's give it to the coin. How wide ranges are is doubt already, and takes nothing off here.
 */
export function finalWeights(
  base: readonly number[],
  records: readonly number[],
  confidence: readonly number[],
): readonly number[] {
  const raw = base.map((weight, k) => weight * records[k]! * confidence[k]!);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const whole = sum(base);
  const together = sum(base.map((weight, k) => weight * records[k]!)) / whole;
  const trust = whole * Math.min(1, patience * together);
  return raw.map((weight) => (sum(raw) > 0 ? (trust * weight) / sum(raw) : 0));
}
