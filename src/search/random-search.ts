import { Prng } from "../base/prng.ts";
import { wholeRound, type Proposer } from "./proposer.ts";
import { keyOf, type Point, type SearchSpace } from "./search-space.ts";

/** Points by chance, none of them twice, until `trialsMax` or until the space is exhausted. */
export function randomSearch(space: SearchSpace, trialsMax: number, seed: number): Proposer {
  return {
    next(tried) {
      const count = Math.min(wholeRound, trialsMax - tried.length);
      const seen = new Set(tried.map(({ point }) => keyOf(point)));
      return drawMany(space, count, new Prng(seed).fork(`random ${tried.length}`), seen).map((point) => ({
        point,
        share: 1,
      }));
    },
  };
}

/** Up to `count` points by chance that are not among those `seen`; they are added to them. */
export function drawMany(space: SearchSpace, count: number, prng: Prng, seen: Set<string>): readonly Point[] {
  const points: Point[] = [];
  while (points.length < count) {
    const point = space.draw(prng, seen);
    if (point === null) break;
    seen.add(keyOf(point));
    points.push(point);
  }
  return points;
}
