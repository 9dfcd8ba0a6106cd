import type { Prng } from "../../base/prng.ts";
import { cholesky } from "../linear-algebra/cholesky.ts";
import { checkHmmParams, type HmmParams } from "./hmm-params.ts";

/** Draws `length` rows from a model, row-major, and the state behind each. Throws `HMM_PARAMS_INVALID`. */
export function simulateHmm(
  params: HmmParams,
  length: number,
  prng: Prng,
): { readonly rows: Float64Array; readonly states: Uint8Array } {
  checkHmmParams(params);
  const { features, initial, transition, means } = params;
  const factors = Array.from({ length: params.states }, (_, state) => factorOf(params, state));
  const rows = new Float64Array(length * features);
  const states = new Uint8Array(length);
  const noise = new Float64Array(features);
  for (let row = 0; row < length; row++) {
    const state =
      row === 0
        ? draw(initial, 0, params.states, prng)
        : draw(transition, states[row - 1]!, params.states, prng);
    states[row] = state;
    for (let k = 0; k < features; k++) noise[k] = prng.normal();
    const factor = factors[state]!;
    for (let k = 0; k < features; k++) {
      let value = means[state * features + k]!;
      for (let j = 0; j <= k; j++) value += factor[k * features + j]! * noise[j]!;
      rows[row * features + k] = value;
    }
  }
  return { rows, states };
}

/** Lower triangle that turns unit noise into the noise of a state. */
function factorOf({ features, covariance, covariances }: HmmParams, state: number): Float64Array {
  const factor = new Float64Array(features * features);
  if (covariance === "full") cholesky(covariances, state * features * features, features, factor);
  else
    for (let k = 0; k < features; k++)
      factor[k * features + k] = Math.sqrt(covariances[state * features + k]!);
  return factor;
}

/** Draws from the probabilities in line `line` of `shares`. */
function draw(shares: Float64Array, line: number, count: number, prng: Prng): number {
  let rest = prng.next();
  for (let k = 0; k < count; k++) {
    rest -= shares[line * count + k]!;
    if (rest < 0) return k;
  }
  // Rounding left a crumb: the last possible state takes it.
  return shares.subarray(line * count, (line + 1) * count).findLastIndex((share) => share > 0);
}
