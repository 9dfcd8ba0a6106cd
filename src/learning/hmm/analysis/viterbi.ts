import { gaussiansOf } from "../gaussians.ts";
import type { HmmParams } from "../hmm-params.ts";
import { rawRows } from "./raw-rows.ts";

/**
 * The likeliest path of states through ALL rows, later ones too: one state per row. To judge a model by, never to
 * decide with. Throws `HMM_PARAMS_INVALID` and `HMM_INFINITE`. Source: Viterbi (1967); Rabiner (1989), section III.B.
 */
export function viterbi(params: HmmParams, rows: Float64Array, length: number): Uint8Array {
  const { values, missing, features } = rawRows(params, rows, length);
  const { states, initial } = params;
  const logTransition = params.transition.map(Math.log);
  const gaussians = gaussiansOf(params);
  const scores = initial.map(Math.log);
  const densities = new Float64Array(states);
  const cameFrom = new Uint8Array(length * states);
  for (let row = 0; row < length; row++) {
    if (row > 0) advance(scores, logTransition, cameFrom, row * states);
    gaussians.logDensities(values, row * features, missing[row]!, densities, 0);
    for (let k = 0; k < states; k++) scores[k]! += densities[k]!;
  }
  const path = new Uint8Array(length);
  if (length > 0) path[length - 1] = scores.indexOf(Math.max(...scores));
  for (let row = length - 1; row > 0; row--) path[row - 1] = cameFrom[row * states + path[row]!]!;
  return path;
}

/** The best way into every state, in place, and where it came from. */
function advance(scores: Float64Array, logTransition: Float64Array, cameFrom: Uint8Array, at: number): void {
  const states = scores.length;
  const before = scores.slice();
  for (let to = 0; to < states; to++) {
    let [best, highest] = [0, -Infinity];
    for (let from = 0; from < states; from++) {
      const score = before[from]! + logTransition[from * states + to]!;
      if (score > highest) [best, highest] = [from, score];
    }
    scores[to] = highest;
    cameFrom[at + to] = best;
  }
}
