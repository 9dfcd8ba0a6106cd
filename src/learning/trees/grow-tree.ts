import type { Prng } from "../../base/prng.ts";
import type { Span } from "../data/splits.ts";
import { agreeOnSplits } from "./agree-splits.ts";
import type { FeatureBins } from "./feature-bins.ts";
import type { PackedGradients } from "./gradients.ts";
import { Histograms } from "./histograms.ts";
import { RowOrder } from "./row-order.ts";
import { findSplit, leafValue, within, type Bounds, type Split, type SplitRules } from "./split-search.ts";
import type { Team } from "./team.ts";

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
  /** What each split gained, 0 for a leaf. */
  readonly gain: number[];
};

/** A node, and where this member's rows of it lie. */
type NodeRows = {
  readonly node: number;
  /** Those that the tree is grown on, in the order of the sample. */
  readonly rows: Span;
  /** Those that only go along, in the order of the others. */
  readonly along: Span;
  /** Second derivatives of the rows of all members, as histograms know them. */
  readonly weight: number;
  readonly depth: number;
  readonly bounds: Bounds;
};
/** One that may be split: with a histogram where its children can be told from it. */
type Promising = NodeRows & { readonly split: Split; readonly histogram: Float64Array | null };

/** What a tree is grown from. */
type Ground = {
  readonly gradients: PackedGradients;
  readonly features: Int32Array;
  readonly random: Prng;
  readonly tree: Tree;
};

/** What a member grows trees with, beside what a tree is grown from. */
export type GrowerSetting = {
  readonly bins: FeatureBins;
  readonly rules: GrowthRules;
  readonly team: Team;
  /** Features that this member searches, of whole words. */
  readonly ownFeatures: readonly [number, number];
  /** Rows that this member looks after at most. */
  readonly rowsMax: number;
  readonly partials: Float64Array;
};

/** Grows trees one after another over this member's rows, together with the rest of its team; its memory is used again for each. */
export class TreeGrower {
  /** Rows that the last tree was grown on, and others that went along, leaf by leaf. */
  readonly sample: RowOrder;
  readonly others: RowOrder;
  readonly leaves: NodeRows[] = [];
  private readonly bins: FeatureBins;
  private readonly rules: GrowthRules;
  private readonly team: Team;
  private readonly ownFeatures: readonly [number, number];
  private readonly histograms: Histograms;

  constructor({ bins, rules, team, ownFeatures, rowsMax, partials }: GrowerSetting) {
    this.bins = bins;
    this.rules = rules;
    this.team = team;
    this.ownFeatures = ownFeatures;
    this.histograms = new Histograms(bins, ownFeatures, team, partials);
    this.sample = new RowOrder(bins, rowsMax);
    this.others = new RowOrder(bins, rowsMax);
  }

  /**
   * Grows a tree on some of this member's rows and features; `others` of its rows only find their leaves. `random` is asked
   * only where nodes draw features.
   */
  grow(
    gradients: PackedGradients,
    sample: Int32Array,
    others: Int32Array,
    features: Int32Array,
    random: Prng,
  ): Tree {
    const tree: Tree = {
      feature: [],
      threshold: [],
      left: [],
      right: [],
      missingLeft: [],
      value: [],
      cover: [],
      gain: [],
    };
    const ground = { gradients, features, random, tree };
    this.leaves.length = 0;
    const root = {
      node: addNode(tree),
      rows: this.sample.start(sample),
      along: this.others.start(others),
      weight: Infinity,
      depth: 0,
      bounds: everything,
    };
    let waiting = this.search([root], [], ground);
    let leaves = 1;
    const leavesMax = this.rules.leavesMax ?? Infinity;
    while (waiting.length > 0 && leaves < leavesMax) {
      const next = this.rules.leavesMax === null ? waiting : [mostPromising(waiting)];
      leaves += next.length;
      const children = next.map((one) => this.part(one, ground));
      const rest = waiting.filter((one) => !next.includes(one));
      waiting = [...rest, ...this.search(children.flat(), next, ground)];
    }
    for (const one of waiting) this.close(one, one.histogram);
    this.fit(ground);
    return tree;
  }

  private ownOf(features: Int32Array): Int32Array {
    const [from, to] = this.ownFeatures;
    return features.filter((feature) => feature >= from && feature < to);
  }

  /** Finds the best splits of nodes, children of `parents` in their order; those without one are leaves. */
  private search(
    nodes: readonly NodeRows[],
    parents: readonly Promising[],
    ground: Ground,
  ): readonly Promising[] {
    const { featuresPerNode, depthMax, childWeightMin } = this.rules;
    const isOpen = (one: NodeRows): boolean => one.depth < depthMax && one.weight >= 2 * childWeightMin;
    const drawn = nodes.map((one) =>
      featuresPerNode === null || !isOpen(one)
        ? ground.features
        : drawSome(ground.features, featuresPerNode, ground.random),
    );
    const histograms = this.histogramsOf(nodes, nodes.map(isOpen), drawn, parents, ground);
    const open = nodes.flatMap((one, k) => (isOpen(one) ? [{ one, k }] : []));
    const own = open.map(({ one: { bounds }, k }) =>
      findSplit(
        { histogram: histograms[k]!, firstFeature: this.histograms.firstFeature, bounds },
        this.ownOf(drawn[k]!),
        this.bins,
        ground.gradients,
        this.rules,
      ),
    );
    const splits = new Map(agreeOnSplits(own, this.team).map((split, at) => [open[at]!.k, split]));
    return nodes.flatMap((one, k): readonly Promising[] => {
      const [split, histogram] = [splits.get(k) ?? null, histograms[k]!];
      if (split !== null) return [{ ...one, split, histogram }];
      this.close(one, histogram);
      return [];
    });
  }

  /**
   * Histograms of nodes that are open. Of two children that look at all features the larger one has what the smaller leaves over
   * of their parent; children that look at a few of them are summed up on their own.
   */
  private histogramsOf(
    nodes: readonly NodeRows[],
    isOpen: readonly boolean[],
    drawn: readonly Int32Array[],
    parents: readonly Promising[],
    { gradients: { packed } }: Ground,
  ): readonly (Float64Array | null)[] {
    const source = { packed, order: this.sample.order };
    const make = (which: readonly number[]): ReadonlyMap<number, Float64Array> => {
      const made = this.histograms.of(
        source,
        which.map((k) => nodes[k]!.rows),
        which.map((k) => drawn[k]!),
      );
      return new Map(which.map((k, at) => [k, made[at]!]));
    };
    if (parents.length === 0 || this.rules.featuresPerNode !== null) {
      for (const { histogram } of parents) if (histogram !== null) this.histograms.giveBack(histogram);
      const made = make([...nodes.keys()].filter((k) => isOpen[k]));
      return nodes.map((_, k) => made.get(k) ?? null);
    }
    const smaller = parents.map((_, p) =>
      nodes[2 * p]!.weight <= nodes[2 * p + 1]!.weight ? 2 * p : 2 * p + 1,
    );
    const made = make(smaller.filter((_, p) => isOpen[2 * p] === true || isOpen[2 * p + 1] === true));
    return parents.flatMap(({ histogram: whole }, p): readonly (Float64Array | null)[] => {
      const small = made.get(smaller[p]!);
      if (small === undefined) {
        this.histograms.giveBack(whole!);
        return [null, null];
      }
      this.histograms.subtract(whole!, small);
      return smaller[p] === 2 * p ? [small, whole] : [whole, small];
    });
  }

  /** Parts the rows of a node in two. */
  private part(
    { node, rows, along, depth, bounds, split }: Promising,
    { tree }: Ground,
  ): readonly NodeRows[] {
    const { feature, bin, isMissingLeft, gain, leftWeight, rightWeight } = split;
    const [middle, middleAlong] = [this.sample.part(rows, split), this.others.part(along, split)];
    tree.feature[node] = feature;
    tree.threshold[node] = this.bins.edges[feature]![bin]!;
    tree.missingLeft[node] = isMissingLeft ? 1 : 0;
    tree.gain[node] = gain;
    const left = (tree.left[node] = addNode(tree));
    const right = (tree.right[node] = addNode(tree));
    const [low, high] = this.boundsOf(split, bounds);
    return [
      {
        node: left,
        rows: { ...rows, to: middle },
        along: { ...along, to: middleAlong },
        weight: leftWeight,
        depth: depth + 1,
        bounds: low,
      },
      {
        node: right,
        rows: { ...rows, from: middle },
        along: { ...along, from: middleAlong },
        weight: rightWeight,
        depth: depth + 1,
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

  private close(leaf: NodeRows, histogram: Float64Array | null): void {
    this.leaves.push(leaf);
    if (histogram !== null) this.histograms.giveBack(histogram);
  }

  /** The best values of the leaves, by the fine derivatives of all members' rows; an inner node covers what is below it. */
  private fit({ tree, gradients }: Ground): void {
    const { first, second, fineFirstStep, fineSecondStep } = gradients;
    const { order } = this.sample;
    const own = new Float64Array(2 * this.leaves.length);
    for (const [leaf, { rows }] of this.leaves.entries()) {
      let sumFirst = 0;
      let sumSecond = 0;
      for (let k = rows.from; k < rows.to; k++) {
        const row = order[k]!;
        sumFirst += first[row]!;
        sumSecond += second[row]!;
      }
      own[2 * leaf] = sumFirst;
      own[2 * leaf + 1] = sumSecond;
    }
    // Sums of whole numbers: the same in whatever order they are added up.
    const sums = this.team.sum(own);
    for (const [leaf, { node, bounds }] of this.leaves.entries()) {
      const cover = sums[2 * leaf + 1]! * fineSecondStep;
      const value = leafValue(sums[2 * leaf]! * fineFirstStep, cover, this.rules);
      tree.value[node] = within(value, bounds) * this.rules.rate;
      tree.cover[node] = cover;
    }
    // Children stand behind their parents.
    for (let node = tree.feature.length - 1; node >= 0; node--) {
      if (tree.feature[node]! < 0) continue;
      const [left, right] = [tree.left[node]!, tree.right[node]!];
      const cover = tree.cover[left]! + tree.cover[right]!;
      tree.cover[node] = cover;
      const sum = tree.value[left]! * tree.cover[left]! + tree.value[right]! * tree.cover[right]!;
      tree.value[node] = cover > 0 ? sum / cover : 0;
    }
  }
}

const everything: Bounds = { low: -Infinity, high: Infinity };

/** The leaf that gains most, the earlier of equal ones. */
function mostPromising(waiting: readonly Promising[]): Promising {
  return waiting.reduce((best, one) => (one.split.gain > best.split.gain ? one : best));
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
    ["gain", 0],
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
