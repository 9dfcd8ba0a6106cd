import { KiwiError } from "../../base/errors.ts";
import { cholesky } from "../linear-algebra/cholesky.ts";

/**
 * A hidden Markov model whose states emit Gaussian rows. All matrices are row-major; K states, D features.
 * Source: Rabiner, A Tutorial on Hidden Markov Models (1989).
 */
export type HmmParams = {
  readonly states: number;
  readonly features: number;
  readonly covariance: "diagonal" | "full";
  /** Probability of each state on the first row: K. */
  readonly initial: Float64Array;
  /** Probability of going from state (row) to state (column): K x K. */
  readonly transition: Float64Array;
  /** K x D, in the units of the rows. */
  readonly means: Float64Array;
  /** Variances, K x D, when diagonal; covariance matrices, K x D x D, when full. */
  readonly covariances: Float64Array;
};

/** More states or features than this are refused: nobody can tell that many regimes apart. */
export const hmmLimits = { states: 12, features: 16 } as const;

/** The covariances of all states take this many numbers. */
export function covarianceLength({
  states,
  features,
  covariance,
}: Pick<HmmParams, "states" | "features" | "covariance">): number {
  return states * (covariance === "full" ? features * features : features);
}

/** Throws `HMM_PARAMS_INVALID` unless the numbers are a model: right lengths, probabilities that add up, variances. */
export function checkHmmParams(params: HmmParams): void {
  const problem = problemOf(params);
  if (problem === null) return;
  throw new KiwiError({
    code: "HMM_PARAMS_INVALID",
    exit: "data",
    message: `this is not a hidden Markov model: ${problem}`,
    why: "the model file was damaged or made by another program",
    fix: "train the model again",
    topic: "data",
  });
}

function problemOf(params: HmmParams): string | null {
  const { states, features, initial, transition, means, covariances } = params;
  if (!isCount(states, hmmLimits.states)) return `${states} states`;
  if (!isCount(features, hmmLimits.features)) return `${features} features`;
  if (initial.length !== states || transition.length !== states * states) {
    return `probabilities for another number of states than ${states}`;
  }
  if (means.length !== states * features || covariances.length !== covarianceLength(params)) {
    return `means or covariances of another size than ${states} states x ${features} features`;
  }
  if (!isDistribution(initial)) return "the initial probabilities do not add up to 1";
  for (let state = 0; state < states; state++) {
    if (!isDistribution(transition.subarray(state * states, (state + 1) * states))) {
      return `the probabilities of leaving state ${state} do not add up to 1`;
    }
  }
  if (!means.every(Number.isFinite)) return "a mean is not a number";
  return areCovariances(params) ? null : "a covariance is not positive";
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

function isDistribution(shares: Float64Array): boolean {
  let sum = 0;
  for (const share of shares) sum += share >= 0 ? share : Number.NaN;
  return Math.abs(sum - 1) <= 1e-6;
}

function areCovariances({ states, features, covariance, covariances }: HmmParams): boolean {
  if (covariance === "diagonal") return covariances.every((value) => value > 0 && value < Infinity);
  const factor = new Float64Array(features * features);
  for (let state = 0; state < states; state++) {
    if (!cholesky(covariances, state * features * features, features, factor)) return false;
  }
  return true;
}
