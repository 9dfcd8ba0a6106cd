import { Prng } from "../base/prng.ts";
import { worth, type Proposer, type Tried } from "./proposer.ts";
import { drawMany } from "./random-search.ts";
import { keyOf, type Dimension, type Point, type SearchSpace } from "./search-space.ts";

/** Trials that are proposed together: few, because each of them learns from those before its round. */
const roundSize = 8;
/** Trials by chance before there is anything to learn from. */
const startTrials = 16;
/**
 * One proposal in so many is the best trial so far with one dimension drawn anew: a word that all good trials share by
 * chance would else never be left again.
 */
const neighbourEvery = 4;
/** Points that are drawn from the good ones' density for each proposal. */
const candidates = 32;
/** Share of the trials that count as good. */
const goodShare = 0.15;
const goodMax = 25;

/**
 * Tree-structured Parzen estimator: points are drawn where good trials are dense and bad ones are not. What was proposed
 * in the same round and has no value yet counts as bad, so that a round spreads.
 * Source: Bergstra, Bardenet, Bengio and Kegl, Algorithms for Hyper-Parameter Optimization (2011).
 */
export function tpeSearch(space: SearchSpace, trialsMax: number, seed: number): Proposer {
  return {
    next(tried) {
      const left = trialsMax - tried.length;
      const prng = new Prng(seed).fork(`tpe ${tried.length}`);
      const seen = new Set(tried.map(({ point }) => keyOf(point)));
      const proposed: Point[] = [];
      if (tried.length < startTrials)
        proposed.push(...drawMany(space, Math.min(startTrials - tried.length, left), prng, seen));
      else {
        while (proposed.length < Math.min(roundSize, left)) {
          const point = propose(space, tried, proposed, prng, seen);
          if (point === null) break;
          seen.add(keyOf(point));
          proposed.push(point);
        }
      }
      return proposed.map((point) => ({ point, share: 1 }));
    },
  };
}

function propose(
  space: SearchSpace,
  tried: readonly Tried[],
  pending: readonly Point[],
  prng: Prng,
  seen: ReadonlySet<string>,
): Point | null {
  const ranked = tried.toSorted((a, b) => worth(b) - worth(a));
  const count = Math.max(2, Math.min(goodMax, Math.ceil(goodShare * ranked.length)));
  const good = ranked.slice(0, count).map(({ point }) => point);
  const bad = [...ranked.slice(count).map(({ point }) => point), ...pending];
  const densities = space.dimensions.map((dimension, k) => ({
    good: new Density(
      dimension,
      good.map((point) => point[k]!),
    ),
    bad: new Density(
      dimension,
      bad.map((point) => point[k]!),
    ),
  }));
  if (pending.length % neighbourEvery === neighbourEvery - 1) {
    const neighbour = neighbourOf(good[0]!, space, prng);
    if (!seen.has(keyOf(neighbour)) && space.allows(neighbour)) return neighbour;
  }
  let best: Point | null = null;
  let bestGain = -Infinity;
  for (let c = 0; c < candidates; c++) {
    const point = space.canonical(densities.map(({ good: density }) => density.draw(prng)));
    if (seen.has(keyOf(point)) || !space.allows(point)) continue;
    const gain = densities.reduce(
      (sum, { good: l, bad: g }, k) => sum + Math.log(l.at(point[k]!) / g.at(point[k]!)),
      0,
    );
    if (gain <= bestGain) continue;
    bestGain = gain;
    best = point;
  }
  return best ?? space.draw(prng, seen);
}

/** A point with another value in one dimension. */
function neighbourOf(point: Point, space: SearchSpace, prng: Prng): Point {
  const open = space.dimensions.flatMap(({ values }, k) => (values.length > 1 ? [k] : []));
  if (open.length === 0) return point;
  const changed = open[prng.integer(open.length)]!;
  const { length } = space.dimensions[changed]!.values;
  const other = (point[changed]! + 1 + prng.integer(length - 1)) % length;
  return space.canonical(point.map((index, k) => (k === changed ? other : index)));
}

/**
 * How dense trials lie over the values of one dimension: a mixture of a kernel for each trial and a flat one, summed up
 * over the lattice. Words have no neighbours: their kernel is the word itself.
 */
class Density {
  private readonly shares: Float64Array;

  constructor({ values, isOrdered }: Dimension, indices: readonly number[]) {
    const size = values.length;
    this.shares = new Float64Array(size).fill(1 / size);
    const counts = new Int32Array(size);
    for (const index of indices) counts[index]! += 1;
    const narrowest = isOrdered ? Math.max(0.5, size / Math.min(100, indices.length + 1) / 2) : 0;
    let before = 0;
    for (let index = 0; index < size; index++) {
      if (counts[index] === 0) continue;
      const gap = Math.max(index - before, nextAfter(counts, index) - index);
      // Where several trials agree, their density is narrow.
      const width = isOrdered ? Math.max(narrowest, gap / counts[index]!) : 0;
      addKernel(this.shares, index, width, counts[index]!);
      before = index;
    }
    const total = this.shares.reduce((sum, share) => sum + share, 0);
    for (let k = 0; k < size; k++) this.shares[k]! /= total;
  }

  at(index: number): number {
    return this.shares[index]!;
  }

  draw(prng: Prng): number {
    let left = prng.next();
    for (let k = 0; k < this.shares.length; k++) {
      left -= this.shares[k]!;
      if (left < 0) return k;
    }
    return this.shares.length - 1;
  }
}

/** The next value that was tried, or the end of the lattice. */
function nextAfter(counts: Int32Array, index: number): number {
  for (let next = index + 1; next < counts.length; next++) if (counts[next]! > 0) return next;
  return counts.length - 1;
}

/** Adds a normal kernel of a weight, cut off at the ends of the lattice. */
function addKernel(shares: Float64Array, index: number, width: number, weight: number): void {
  if (width === 0) {
    shares[index]! += weight;
    return;
  }
  const kernel = shares.map((_, k) => Math.exp(-0.5 * ((k - index) / width) ** 2));
  const total = kernel.reduce((sum, value) => sum + value, 0);
  for (let k = 0; k < shares.length; k++) shares[k]! += (weight * kernel[k]!) / total;
}
