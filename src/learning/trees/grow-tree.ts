import type { Prng } from "../../base/prng.ts";
import { agreeOnSplits } from "./agree-splits.ts";
import { binAt, missingBin, type FeatureBins } from "./feature-bins.ts";
import type { PackedGradients } from "./gradients.ts";
import { Histograms } from "./histograms.ts";
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

/** A node and its rows: `from` to before `to` of the order, increasing. */
export type NodeRows = {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly bounds: Bounds;
};
/** One that may be split: with a histogram where its children can be told from it. */
type Promising = NodeRows & { readonly split: Split; readonly histogram: Float64Array | null };

/** What a tree is grown from. */
type Ground = {
  readonly gradients: PackedGradients;
  readonly features: Int32Array;
  /** Those of the features that this member of the team looks after. */
  readonly own: Int32Array;
  readonly random: Prng;
  readonly tree: Tree;
};

/** Grows trees over the same rows one after another, together with the rest of its team; its memory is used again for each. */
export class TreeGrower {
  /** Rows of the last tree, leaf by leaf. */
  readonly order: Int32Array;
  readonly leaves: NodeRows[] = [];
  private readonly bins: FeatureBins;
  private readonly rules: GrowthRules;
  private readonly team: Team;
  private readonly ownFeatures: readonly [number, number];
  private readonly histograms: Histograms;
  private readonly aside: Int32Array;

  constructor(bins: FeatureBins, rules: GrowthRules, team: Team, ownFeatures: readonly [number, number]) {
    this.bins = bins;
    this.rules = rules;
    this.team = team;
    this.ownFeatures = ownFeatures;
    this.histograms = new Histograms(bins, ownFeatures);
    this.order = new Int32Array(bins.rows);
    this.aside = new Int32Array(bins.rows);
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
      gain: [],
    };
    const ground = { gradients, features, own: this.ownOf(features), random, tree };
    this.order.set(rows);
    this.leaves.length = 0;
    const root = { node: addNode(tree), from: 0, to: rows.length, depth: 0, bounds: everything };
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
    const { featuresPerNode, depthMax } = this.rules;
    const isOpen = (one: NodeRows): boolean => one.depth < depthMax && one.to - one.from > 1;
    const drawn = nodes.map((one) =>
      featuresPerNode === null || !isOpen(one)
        ? ground.own
        : this.ownOf(drawSome(ground.features, featuresPerNode, ground.random)),
    );
    const histograms = this.histogramsOf(nodes, nodes.map(isOpen), drawn, parents, ground);
    const open = nodes.flatMap((one, k) => (isOpen(one) ? [{ one, k }] : []));
    const own = open.map(({ one: { bounds }, k }) =>
      findSplit(
        { histogram: histograms[k]!, firstFeature: this.histograms.firstFeature, bounds },
        drawn[k]!,
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
    const make = (k: number): Float64Array =>
      this.histograms.of(packed, this.order, [nodes[k]!.from, nodes[k]!.to], drawn[k]!);
    if (parents.length === 0 || this.rules.featuresPerNode !== null) {
      for (const { histogram } of parents) if (histogram !== null) this.histograms.giveBack(histogram);
      return nodes.map((_, k) => (isOpen[k] === true ? make(k) : null));
    }
    return parents.flatMap(({ histogram: whole }, p): readonly (Float64Array | null)[] => {
      const [left, right] = [2 * p, 2 * p + 1];
      if (isOpen[left] !== true && isOpen[right] !== true) {
        this.histograms.giveBack(whole!);
        return [null, null];
      }
      const isLeftSmaller = nodes[left]!.to - nodes[left]!.from <= nodes[right]!.to - nodes[right]!.from;
      const small = make(isLeftSmaller ? left : right);
      this.histograms.subtract(whole!, small);
      return isLeftSmaller ? [small, whole] : [whole, small];
    });
  }

  /** Parts the rows of a node in two. */
  private part({ node, from, to, depth, bounds, split }: Promising, { tree }: Ground): readonly NodeRows[] {
    const { feature, bin, isMissingLeft, gain } = split;
    const middle = this.partition(from, to, split);
    tree.feature[node] = feature;
    tree.threshold[node] = this.bins.edges[feature]![bin]!;
    tree.missingLeft[node] = isMissingLeft ? 1 : 0;
    tree.gain[node] = gain;
    const left = (tree.left[node] = addNode(tree));
    const right = (tree.right[node] = addNode(tree));
    const [low, high] = this.boundsOf(split, bounds);
    return [
      { node: left, from, to: middle, depth: depth + 1, bounds: low },
      { node: right, from: middle, to, depth: depth + 1, bounds: high },
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

  /** The best values of the leaves, by the fine derivatives; an inner node covers what is below it. */
  private fit({ tree, gradients }: Ground): void {
    const { first, second, fineFirstStep, fineSecondStep } = gradients;
    const { order } = this;
    for (const { node, from, to, bounds } of this.leaves) {
      let [sumFirst, sumSecond] = [0, 0];
      for (let k = from; k < to; k++) {
        const row = order[k]!;
        sumFirst += first[row]!;
        sumSecond += second[row]!;
      }
      const cover = sumSecond * fineSecondStep;
      const value = leafValue(sumFirst * fineFirstStep, cover, this.rules);
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

  private partition(from: number, to: number, { feature, bin, isMissingLeft }: Split): number {
    const { bins, order, aside } = this;
    let left = from;
    let right = 0;
    for (let k = from; k < to; k++) {
      const row = order[k]!;
      const found = binAt(bins, row, feature);
      if (found === missingBin ? isMissingLeft : found <= bin) order[left++] = row;
      else aside[right++] = row;
    }
    order.set(aside.subarray(0, right), left);
    return left;
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
