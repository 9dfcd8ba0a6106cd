import { fitHmm, type HmmFit } from "./fit-hmm.ts";
import type { HmmOptions } from "./hmm-options.ts";

/** As `HmmOptions`, with a range of numbers of states in place of one. */
export type ChooseStatesOptions = Omit<HmmOptions, "states" | "warmStart"> & {
  readonly statesMin: number;
  readonly statesMax: number;
};

/**
 * Fits a model for every number of states in the range. `best` has the lowest BIC, and of equals the fewest states:
 * AIC, which every fit carries too, tends to keep states that are not there. Throws what `fitHmm` throws.
 * Source: Schwarz, Estimating the Dimension of a Model (1978).
 */
export function chooseStates(
  rows: Float64Array,
  length: number,
  { statesMin, statesMax, ...options }: ChooseStatesOptions,
): { readonly fits: readonly HmmFit[]; readonly best: HmmFit } {
  const fits: HmmFit[] = [fitHmm(rows, length, { ...options, states: statesMin })];
  for (let states = statesMin + 1; states <= statesMax; states++) {
    fits.push(fitHmm(rows, length, { ...options, states }));
  }
  return { fits, best: fits.reduce((best, fit) => (fit.bic < best.bic ? fit : best)) };
}
