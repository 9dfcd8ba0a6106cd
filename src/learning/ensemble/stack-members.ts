import { fitLogistic } from "../linear/logistic-regression.ts";
import { rangeDeviations, type Pooled } from "./pool-opinions.ts";

/** Pulls coefficients to zero, which is a coin: few outcomes must not make a stack sure. */
const ridge = 2;
const outcomesMin = 20;
const edge = 1e-6;

/** A second model over the answers of the first ones. */
export type Stack = {
  readonly coefficients: Float64Array;
  readonly covariance: Float64Array;
};

/**
 * Stacked generalisation (Wolpert 1992): a logistic regression of outcomes on the members' log odds. `chances`: one array per row of
 * one number per member; rows overlap, so each counts `weight`. Null where fewer than twenty whole outcomes are known.
 */
export function fitStack(
  chances: readonly (readonly number[])[],
  rose: readonly number[],
  weight: number,
): Stack | null {
  if (rose.length * weight < outcomesMin) return null;
  const width = chances[0]!.length;
  const x = new Float64Array(rose.length * width);
  for (const [row, values] of chances.entries())
    for (let k = 0; k < width; k++) x[row * width + k] = logit(values[k]!);
  const weights = new Float64Array(rose.length).fill(weight);
  return fitLogistic({ x, y: rose, weights, width }, ridge);
}

/** What a stack makes of the members' chances: its mean, and the variance by what its outcomes could tell. */
export function askStack({ coefficients, covariance }: Stack, chances: readonly number[]): Pooled {
  const size = coefficients.length;
  const terms = [...chances.map(logit), 1];
  let [score, variance] = [0, 0];
  for (let a = 0; a < size; a++) {
    score += coefficients[a]! * terms[a]!;
    for (let b = 0; b < size; b++) variance += terms[a]! * terms[b]! * covariance[a * size + b]!;
  }
  const reach = rangeDeviations * Math.sqrt(Math.max(0, variance));
  const deviation = (share(score + reach) - share(score - reach)) / 2 / rangeDeviations;
  const ups = chances.filter((chance) => chance > 0.5).length / chances.length;
  return { mean: share(score), variance: deviation ** 2, agreement: Math.abs(2 * ups - 1) };
}

function logit(chance: number): number {
  const kept = Math.min(1 - edge, Math.max(edge, chance));
  return Math.log(kept / (1 - kept));
}

function share(score: number): number {
  return 1 / (1 + Math.exp(-score));
}
