import { Prng } from "../base/prng.ts";
import { worth, type Proposal, type Proposer, type Tried } from "./proposer.ts";
import { drawMany } from "./random-search.ts";
import type { SearchSpace } from "./search-space.ts";

/** Of the trials of a rung, one in so many goes on, with so many times the bars. */
const keepOneIn = 3;

/**
 * Successive halving: many trials on few bars, the best third of them on three times as many, until the last ones see
 * all. Ties go to the earlier proposal. The first rung holds `trialsMax` trials; `rungsMax` says how small the first share
 * may be.
 * Source: Jamieson and Talwalkar, Non-stochastic Best Arm Identification (2016).
 */
export function halvingSearch(space: SearchSpace, trialsMax: number, seed: number, rungsMax = 4): Proposer {
  const sizes = rungSizes(trialsMax, rungsMax);
  return {
    next(tried) {
      const rung = rungOf(tried);
      if (rung >= sizes.length) return [];
      const share = keepOneIn ** (rung - (sizes.length - 1));
      if (rung === 0)
        return drawMany(space, sizes[0]!, new Prng(seed).fork("halving"), new Set()).map((point) => ({
          point,
          share,
        }));
      const before = keepOneIn ** (rung - sizes.length);
      return survivors(tried, before, sizes[rung]!).map(({ point }) => ({ point, share }));
    },
  };
}

/** The number of trials on each rung, the last of them on all bars. */
function rungSizes(trialsMax: number, rungsMax: number): readonly number[] {
  const sizes = [trialsMax];
  while (sizes.length < rungsMax && sizes.at(-1)! >= keepOneIn * 2)
    sizes.push(Math.floor(sizes.at(-1)! / keepOneIn));
  return sizes;
}

function rungOf(tried: readonly Tried[]): number {
  return new Set(tried.map(({ share }) => share)).size;
}

function survivors(tried: readonly Tried[], share: number, count: number): readonly Proposal[] {
  return tried
    .filter((one) => one.share === share)
    .toSorted((a, b) => worth(b) - worth(a))
    .filter(({ value }) => value !== null)
    .slice(0, count);
}
