import { Expectation } from "../expectation.ts";
import type { HmmParams } from "../hmm-params.ts";
import { rawRows } from "./raw-rows.ts";

/**
 * Probabilities of the states at every row given ALL rows, later ones too: length x K, row-major. To judge a model by,
 * never to decide with. Throws `HMM_PARAMS_INVALID`. Source: Kim (1994).
 */
export function smoothStates(params: HmmParams, rows: Float64Array, length: number): Float64Array {
  const expectation = new Expectation(rawRows(params, rows, length), params);
  const smoothed = new Float64Array(length * params.states);
  if (length === 0) return smoothed;
  expectation.forward();
  expectation.backward((row, shares) => smoothed.set(shares, row * params.states));
  return smoothed;
}
