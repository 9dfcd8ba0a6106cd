import type { HmmParams } from "./hmm-params.ts";

/** Rows that each state lasts on average once entered, 1 / (1 - probability of staying); Infinity where it never ends. */
export function expectedDwellRows({ states, transition }: HmmParams): Float64Array {
  return Float64Array.from({ length: states }, (_, state) => {
    let leaving = 0;
    for (let to = 0; to < states; to++) if (to !== state) leaving += transition[state * states + to]!;
    return leaving > 0 ? 1 / leaving : Infinity;
  });
}

/**
 * Share of rows that each state takes in the long run. Where some states can never be reached from others, the shares
 * are those of a chain that leaves by a one in a trillion chance. Source: Grassmann, Taksar and Heyman (1985), an
 * elimination without subtractions.
 */
export function longRunShares({ states, transition }: HmmParams): Float64Array {
  const chain = transition.map((share) => share + 1e-12 / states);
  for (let last = states - 1; last > 0; last--) {
    let leaving = 0;
    for (let to = 0; to < last; to++) leaving += chain[last * states + to]!;
    for (let from = 0; from < last; from++) {
      chain[from * states + last]! /= leaving;
      for (let to = 0; to < last; to++) {
        chain[from * states + to]! += chain[from * states + last]! * chain[last * states + to]!;
      }
    }
  }
  const shares = new Float64Array(states);
  shares[0] = 1;
  let total = 1;
  for (let state = 1; state < states; state++) {
    for (let from = 0; from < state; from++) shares[state]! += shares[from]! * chain[from * states + state]!;
    total += shares[state]!;
  }
  return shares.map((share) => share / total);
}
