import { Prng } from "../../base/prng.ts";
import type { TreesBody } from "../../domain/predictor-artifact.ts";
import type { Labelled } from "./boost.ts";
import { binFeatures } from "./feature-bins.ts";
import { gradientRoom, packGradients } from "./gradients.ts";
import { TreeGrower, type Tree } from "./grow-tree.ts";
import { joinTrees } from "./trees.ts";

export type ForestOptions = {
  readonly trees: number;
  readonly depthMax: number;
  /** Least weight of rows in a leaf. */
  readonly leafWeightMin: number;
  /** Features that every node chooses from; null for the square root of all. */
  readonly featuresPerNode: number | null;
  readonly seed: number;
};

/** Deep enough to find what several features say together, leaves large enough not to learn rows by heart. */
export const forestDefaults: ForestOptions = {
  trees: 200,
  depthMax: 8,
  leafWeightMin: 50,
  featuresPerNode: null,
  seed: 1,
};

export type Forest = { readonly body: TreesBody; readonly importance: readonly number[] };

/**
 * A random forest (Breiman 2001): trees on rows drawn with replacement, nodes that choose from few features, and the mean of the
 * leaves' shares. The squared error that its trees lessen is the Gini impurity where outcomes are 0 and 1. Trees are numbered and
 * each has chance of its own, so `from` and `to` let several threads share the work and get the same forest.
 */
function growTrees(
  { x, y, weights }: Labelled,
  options: ForestOptions,
  [from, to]: readonly [number, number],
  onTree?: (done: number) => void,
): { readonly trees: readonly Tree[]; readonly gains: Float64Array } {
  const grower = new TreeGrower(binFeatures(x), {
    l1: 0,
    l2: 1e-9,
    childWeightMin: options.leafWeightMin,
    gainMin: 1e-12,
    monotone: new Int8Array(x.width),
    depthMax: options.depthMax,
    leavesMax: null,
    featuresPerNode: options.featuresPerNode ?? Math.max(1, Math.round(Math.sqrt(x.width))),
    rate: 1 / options.trees,
  });
  const room = gradientRoom(x.rows);
  const features = Int32Array.from({ length: x.width }, (_, k) => k);
  const trees: Tree[] = [];
  for (let index = from; index < to; index++) {
    const random = new Prng(options.seed).fork(`tree ${index}`);
    const rows = draw(x.rows, random, (row, count) => {
      room.first[row] = -y[row]! * weights[row]! * count;
      room.second[row] = weights[row]! * count;
    });
    trees.push(grower.grow(packGradients(room), rows, features, random));
    onTree?.(trees.length);
  }
  return { trees, gains: grower.gains };
}

/** As many rows as there are, with replacement: how often each came is its weight. */
function draw(rows: number, random: Prng, take: (row: number, count: number) => void): Int32Array {
  const counts = new Int32Array(rows);
  for (let k = 0; k < rows; k++) counts[random.integer(rows)]! += 1;
  const drawn: number[] = [];
  for (let row = 0; row < rows; row++) {
    take(row, counts[row]!);
    if (counts[row]! > 0) drawn.push(row);
  }
  return Int32Array.from(drawn);
}

/** A whole forest in this thread. */
export function fitForest(rows: Labelled, options: ForestOptions, onTree?: (done: number) => void): Forest {
  const { trees, gains } = growTrees(rows, options, [0, options.trees], onTree);
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return {
    body: joinTrees(trees, 0, "probability"),
    importance: [...gains].map((gain) => (total > 0 ? gain / total : 0)),
  };
}
