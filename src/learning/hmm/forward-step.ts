import { hmmLimits } from "./hmm-params.ts";

/** A state predicted to be less likely than this is out of the question: its share in anything would be noise. */
export const predictedMin = 1e-290;
const scaleMin = 1e-200;
const likelihoods = new Float64Array(hmmLimits.states);

/**
 * Bayes' rule for one row: `posterior` holds K log densities at `at` and gets K posterior probabilities in their
 * place; `predicted` holds the probabilities before the row. Returns the log likelihood of the row. Densities are
 * scaled by the largest one; where the state with the largest density is itself all but impossible, everything
 * is done in logarithms, so that no row, however odd, makes the sum vanish.
 */
export function weigh(
  predicted: Float64Array,
  predictedAt: number,
  posterior: Float64Array,
  at: number,
  states: number,
): number {
  let highest = -Infinity;
  for (let k = at; k < at + states; k++) if (posterior[k]! > highest) highest = posterior[k]!;
  let sum = 0;
  for (let k = 0; k < states; k++) {
    const likelihood = predicted[predictedAt + k]! * Math.exp(posterior[at + k]! - highest);
    likelihoods[k] = likelihood;
    sum += likelihood;
  }
  if (sum < scaleMin) return weighInLogs(predicted, predictedAt, posterior, at, states);
  const scale = 1 / sum;
  for (let k = 0; k < states; k++) posterior[at + k] = likelihoods[k]! * scale;
  return highest + Math.log(sum);
}

function weighInLogs(
  predicted: Float64Array,
  predictedAt: number,
  posterior: Float64Array,
  at: number,
  states: number,
): number {
  let highest = -Infinity;
  for (let k = 0; k < states; k++) {
    const share = predicted[predictedAt + k]!;
    posterior[at + k] = share < predictedMin ? -Infinity : Math.log(share) + posterior[at + k]!;
    if (posterior[at + k]! > highest) highest = posterior[at + k]!;
  }
  let sum = 0;
  for (let k = at; k < at + states; k++) {
    posterior[k] = Math.exp(posterior[k]! - highest);
    sum += posterior[k]!;
  }
  for (let k = at; k < at + states; k++) posterior[k]! /= sum;
  return highest + Math.log(sum);
}

/** Probabilities of the next row's states before it is seen: the posterior, K numbers at `at`, through the transitions. */
export function predict(
  posterior: Float64Array,
  at: number,
  transition: Float64Array,
  predicted: Float64Array,
  predictedAt: number,
  states: number,
): void {
  for (let to = 0; to < states; to++) {
    let sum = 0;
    for (let from = 0, k = to; from < states; from++, k += states) {
      sum += posterior[at + from]! * transition[k]!;
    }
    predicted[predictedAt + to] = sum;
  }
}
