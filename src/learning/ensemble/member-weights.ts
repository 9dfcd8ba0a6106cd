import type { ModelJudgement } from "../../ports/model.ts";

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
/** What judged members before they were used moves a weight by two records at most: what came lately can overturn it. */
const judgementMax = recordMax ** 2;
/** Honest models with a small edge look this many times worse than a coin now and then: that costs them nothing. */
const patienceMin = 2;
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
 * How judgements multiply weights: the likelihood of each member against that of the best, over as many outcomes as all were judged
 * on, 1/64 at least. All 1 where one was not judged: it would have to count as something.
 */
export function judgedFactors(judgements: readonly (ModelJudgement | null)[]): readonly number[] {
  const known = judgements.filter((one) => one !== null);
  if (known.length < judgements.length) return judgements.map(() => 1);
  const best = Math.max(...known.map(({ gain }) => gain));
  const outcomes = Math.min(...known.map((one) => one.outcomes));
  return known.map(({ gain }) => Math.max(1 / judgementMax, Math.exp(outcomes * (gain - best))));
}

/**
 * How many times worse than a coin the records of all may look before weight goes to the coin: two, and up to eight (all that a
 * record can say) for members that were judged so much better than a coin that fifty calls tell nothing against it.
 */
export function patienceWith(judgements: readonly (ModelJudgement | null)[]): number {
  const gains = judgements.map((one) => (one === null ? 0 : one.outcomes * one.gain));
  return Math.min(recordMax, Math.max(patienceMin, Math.exp(Math.max(...gains))));
}

/** Weights times factors, scaled to add up to as much as before. */
export function favour(weights: readonly number[], factors: readonly number[]): readonly number[] {
  const raw = weights.map((weight, k) => weight * factors[k]!);
  const share = sumOf(weights) / sumOf(raw);
  return raw.map((weight) => weight * share);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Final weights, which add up to the sum of `base` at most: what is missing belongs to a coin. `base` by regime, `records` by what came
 * of the last calls, `confidence` 0 to 1 by the model's own range. Both shift weight among members; records that are together more
 * than `patience` times worse than a coin's give it to the coin. How wide ranges are is doubt already, and takes nothing off here.
 */
export function finalWeights(
  base: readonly number[],
  records: readonly number[],
  confidence: readonly number[],
  patience = patienceMin,
): readonly number[] {
  const raw = base.map((weight, k) => weight * records[k]! * confidence[k]!);
  const whole = sumOf(base);
  const together = sumOf(base.map((weight, k) => weight * records[k]!)) / whole;
  const trust = whole * Math.min(1, patience * together);
  return raw.map((weight) => (sumOf(raw) > 0 ? (trust * weight) / sumOf(raw) : 0));
}
