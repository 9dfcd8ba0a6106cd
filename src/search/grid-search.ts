import type { Proposer } from "./proposer.ts";
import type { Point, SearchSpace } from "./search-space.ts";

/**
 * Every allowed point; where there are more than `trialsMax`, as many, spread evenly over the whole grid. `total` is the number of
 * allowed points, and of all points where they are too many to be counted.
 */
export function gridSearch(space: SearchSpace, trialsMax: number): Proposer & { readonly total: number } {
  const all: readonly Point[] = space.isCounted ? [...space.points()] : space.spread(trialsMax);
  const count = Math.min(all.length, trialsMax);
  const chosen = Array.from({ length: count }, (_, k) => all[Math.floor((k * all.length) / count)]!);
  return {
    total: space.isCounted ? all.length : space.size,
    next: ({ length }) => chosen.slice(length).map((point) => ({ point, share: 1 })),
  };
}
