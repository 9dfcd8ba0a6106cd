import { Prng } from "../base/prng.ts";
import { worth, type Proposer, type Tried } from "./proposer.ts";
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
  const shareOf = (rung: number): number => keepOneIn ** (rung - (sizes.length - 1));
  return {
    next(tried) {
      const rung = roundOf(tried);
      if (rung >= sizes.length) return [];
      const share = shareOf(rung);
      if (rung === 0)
        return drawMany(space, sizes[0]!, new Prng(seed).fork("halving"), new Set()).map((point) => ({
          point,
          share,
        }));
      return survivors(tried, shareOf(rung - 1), sizes[rung]!).map(({ point }) => ({ point, share }));
    },
    stopped(tried) {
      const rungs = Math.min(roundOf(tried), sizes.length - 1);
      return new Map(
        Array.from({ length: rungs }, (_, rung) => leftBehind(tried, shareOf(rung), sizes[rung + 1]!)).flat(),
      );
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

/** How many shares of the bars were tried so far: each rung has its own. */
function roundOf(tried: readonly Tried[]): number {
  return new Set(tried.map(({ share }) => share)).size;
}

type Ranked = Tried & { readonly trial: number };

/** Those of a rung, the best first; the earlier wins a tie. */
function rankedOn(tried: readonly Tried[], share: number): readonly Ranked[] {
  return tried
    .flatMap((one, trial): readonly Ranked[] => (one.share === share ? [{ ...one, trial }] : []))
    .toSorted((a, b) => worth(b) - worth(a));
}

function survivors(tried: readonly Tried[], share: number, count: number): readonly Ranked[] {
  return rankedOn(tried, share)
    .filter(({ value }) => value !== null)
    .slice(0, count);
}

/** Those of a rung that do not go on, and why. */
function leftBehind(
  tried: readonly Tried[],
  share: number,
  count: number,
): readonly (readonly [number, string])[] {
  const going = new Set(survivors(tried, share, count).map(({ trial }) => trial));
  const all = rankedOn(tried, share);
  return all.flatMap(({ trial, value }, place) => {
    if (going.has(trial)) return [];
    const why =
      value === null ? "it has no value" : `place ${place + 1} of ${all.length}, and ${count} go on`;
    return [[trial, why] as const];
  });
}
