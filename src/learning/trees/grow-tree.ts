import type { Prng } from "../../base/prng.ts";
import { missingBin, type FeatureBins } from "./feature-bins.ts";
import type { PackedGradients } from "./gradients.ts";
import {
  binsPerFeature,
  findSplit,
  leafValue,
  within,
  type Bounds,
  type Split,
  type SplitRules,
} from "./split-search.ts";

/** How large a tree may grow, and in what order. */
export type GrowthRules = SplitRules & {
  readonly depthMax: number;
  /** With it, the leaf that promises most is split next until there are so many; without it, level by level. */
  readonly leavesMax: number | null;
  /** Features that each node may choose from, drawn anew for every node; null for all of the tree's. */
  readonly featuresPerNode: number | null;
  /** Leaves are scaled by it. */
  readonly rate: number;
};

/** One tree: arrays by node, the root first. A leaf has feature -1. */
export type Tree = {
  readonly feature: number[];
  readonly threshold: number[];
  readonly left: number[];
  readonly right: number[];
  readonly missingLeft: number[];
  readonly value: number[];
  readonly cover: number[];
};

/** A node that waits: rows `from` to before `to` of the order, and what is known of them. */
type Open = {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly histogram: Float64Array;
  readonly bounds: Bounds;
  readonly split: Split | null;
};

/** Grows trees over the same rows one after another; its memory is used again for each. */
export class TreeGrower {
  private readonly bins: FeatureBins;
  private readonly rules: GrowthRules;
  private readonly order: Int32Array;
  private readonly aside: Int32Array;
  private readonly spare: Float64Array[] = [];
  /** What splits on each feature have gained so far. */
  readonly gains: Float64Array;

  constructor(bins: FeatureBins, rules: GrowthRules) {
    this.bins = bins;
    this.rules = rules;
    this.order = new Int32Array(bins.rows);
    this.aside = new Int32Array(bins.rows);
    this.gains = new Float64Array(bins.width);
  }

  /** Grows a tree on some rows and features. `random` is asked only where nodes draw features. */
  grow(gradients: PackedGradients, rows: Int32Array, features: Int32Array, random: Prng): Tree {
    const tree: Tree = {
      feature: [],
      threshold: [],
      left: [],
      right: [],
      missingLeft: [],
      value: [],
      cover: [],
    };
    this.order.set(rows);
    const histogram = this.histogramOf(gradients, 0, rows.length, features);
    const everything = { low: -Infinity, high: Infinity };
    const search = (room: Omit<Open, "split">): Open => {
      const mayGrow = room.depth < this.rules.depthMax && room.to - room.from > 1;
      return { ...room, split: mayGrow ? this.search(room, gradients, features, random) : null };
    };
    const root = addNode(tree);
    const open = [search({ node: root, from: 0, to: rows.length, depth: 0, histogram, bounds: everything })];
    const leavesMax = this.rules.leavesMax ?? Infinity;
    for (let leaves = 1; open.length > 0;) {
      const [next] = open.splice(this.nextOf(open), 1) as [Open];
      const { split } = next;
      if (split === null || leaves >= leavesMax) {
        this.close(tree, next, gradients);
        continue;
      }
      leaves += 1;
      open.push(...this.part(tree, next, split, gradients, features).map(search));
    }
    return tree;
  }

  /** Level by level the oldest; leaf by leaf the one that gains most. */
  private nextOf(open: readonly Open[]): number {
    if (this.rules.leavesMax === null) return 0;
    let best = 0;
    for (let k = 1; k < open.length; k++)
      if ((open[k]!.split?.gain ?? 0) > (open[best]!.split?.gain ?? 0)) best = k;
    return best;
  }

  private search(
    { histogram, bounds }: Omit<Open, "split">,
    gradients: PackedGradients,
    features: Int32Array,
    random: Prng,
  ): Split | null {
    const { featuresPerNode } = this.rules;
    const drawn = featuresPerNode === null ? features : drawSome(features, featuresPerNode, random);
    const total = totalOf(histogram, features[0]!);
    return findSplit(histogram, total, drawn, this.bins, gradients, this.rules, bounds);
  }

  /** Parts the rows of a node in two, and makes the histogram of the larger part out of what the smaller leaves over. */
  private part(
    tree: Tree,
    { node, from, to, depth, histogram, bounds }: Open,
    split: Split,
    gradients: PackedGradients,
    features: Int32Array,
  ): readonly Omit<Open, "split">[] {
    const { feature, bin, isMissingLeft, gain } = split;
    this.gains[feature]! += gain;
    const middle = this.partition(from, to, split);
    tree.feature[node] = feature;
    tree.threshold[node] = this.bins.edges[feature]![bin]!;
    tree.missingLeft[node] = isMissingLeft ? 1 : 0;
    const left = (tree.left[node] = addNode(tree));
    const right = (tree.right[node] = addNode(tree));
    const [value, cover] = this.fit(from, to, gradients);
    tree.value[node] = within(value, bounds) * this.rules.rate;
    tree.cover[node] = cover;
    const isLeftSmaller = middle - from <= to - middle;
    const small = isLeftSmaller
      ? this.histogramOf(gradients, from, middle, features)
      : this.histogramOf(gradients, middle, to, features);
    for (let k = 0; k < histogram.length; k++) histogram[k]! -= small[k]!;
    const [low, high] = this.boundsOf(split, bounds);
    return [
      {
        node: left,
        from,
        to: middle,
        depth: depth + 1,
        histogram: isLeftSmaller ? small : histogram,
        bounds: low,
      },
      {
        node: right,
        from: middle,
        to,
        depth: depth + 1,
        histogram: isLeftSmaller ? histogram : small,
        bounds: high,
      },
    ];
  }

  /** Below a split on a monotone feature, the two sides stay on their sides of the middle. */
  private boundsOf({ feature, leftValue, rightValue }: Split, bounds: Bounds): readonly [Bounds, Bounds] {
    const direction = this.rules.monotone[feature]!;
    if (direction === 0) return [bounds, bounds];
    const middle = (leftValue + rightValue) / 2;
    const [below, above] = [
      { ...bounds, high: middle },
      { ...bounds, low: middle },
    ];
    return direction > 0 ? [below, above] : [above, below];
  }

  private close(tree: Tree, { node, from, to, histogram, bounds }: Open, gradients: PackedGradients): void {
    const [value, cover] = this.fit(from, to, gradients);
    tree.value[node] = within(value, bounds) * this.rules.rate;
    tree.cover[node] = cover;
    this.spare.push(histogram);
  }

  /** The best value of rows, by the exact derivatives. */
  private fit(from: number, to: number, { first, second }: PackedGradients): readonly [number, number] {
    let [sumFirst, sumSecond] = [0, 0];
    for (let k = from; k < to; k++) {
      sumFirst += first[this.order[k]!]!;
      sumSecond += second[this.order[k]!]!;
    }
    return [leafValue(sumFirst, sumSecond, this.rules), sumSecond];
  }

  private partition(from: number, to: number, { feature, bin, isMissingLeft }: Split): number {
    const column = this.bins.columns[feature]!;
    const { order, aside } = this;
    let left = from;
    let right = 0;
    for (let k = from; k < to; k++) {
      const row = order[k]!;
      const found = column[row]!;
      if (found === missingBin ? isMissingLeft : found <= bin) order[left++] = row;
      else aside[right++] = row;
    }
    order.set(aside.subarray(0, right), left);
    return left;
  }

  private histogramOf(
    { packed }: PackedGradients,
    from: number,
    to: number,
    features: Int32Array,
  ): Float64Array {
    const { bins, width } = this.bins;
    const histogram = this.spare.pop() ?? new Float64Array(width * binsPerFeature);
    histogram.fill(0);
    fillHistogram(histogram, bins, width, packed, this.order, from, to, features);
    return histogram;
  }
}

/** The inner loop of training: four features at a time, because each addition waits for the one before it otherwise. */
function fillHistogram(
  histogram: Float64Array,
  bins: Uint8Array,
  width: number,
  packed: Float64Array,
  order: Int32Array,
  from: number,
  to: number,
  features: Int32Array,
): void {
  const count = features.length;
  const whole = count - (count % 4);
  for (let k = from; k < to; k++) {
    const row = order[k]!;
    const offset = row * width;
    const value = packed[row]!;
    for (let j = 0; j < whole; j += 4) {
      const a = features[j]!;
      const b = features[j + 1]!;
      const c = features[j + 2]!;
      const d = features[j + 3]!;
      histogram[(a << 8) + bins[offset + a]!]! += value;
      histogram[(b << 8) + bins[offset + b]!]! += value;
      histogram[(c << 8) + bins[offset + c]!]! += value;
      histogram[(d << 8) + bins[offset + d]!]! += value;
    }
    for (let j = whole; j < count; j++) {
      const a = features[j]!;
      histogram[(a << 8) + bins[offset + a]!]! += value;
    }
  }
}

/** Every row is in one bin of any feature. */
function totalOf(histogram: Float64Array, feature: number): number {
  let total = 0;
  for (let bin = 0; bin < binsPerFeature; bin++) total += histogram[feature * binsPerFeature + bin]!;
  return total;
}

function addNode(tree: Tree): number {
  for (const [name, value] of [
    ["feature", -1],
    ["threshold", 0],
    ["left", -1],
    ["right", -1],
    ["missingLeft", 0],
    ["value", 0],
    ["cover", 0],
  ] as const)
    tree[name].push(value);
  return tree.feature.length - 1;
}

/** `count` of the features without repetition, in their order. */
export function drawSome(features: Int32Array, count: number, random: Prng): Int32Array {
  if (count >= features.length) return features;
  const pool = Int32Array.from(features);
  for (let k = 0; k < count; k++) {
    const other = k + random.integer(pool.length - k);
    [pool[k], pool[other]] = [pool[other]!, pool[k]!];
  }
  return pool.slice(0, count).sort();
}
