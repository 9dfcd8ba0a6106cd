import { assert } from "../../base/assert.ts";
import { Prng } from "../../base/prng.ts";
import type { TreesBody } from "../../domain/predictor-artifact.ts";
import { binFeatures, type Matrix } from "./feature-bins.ts";
import { gradientRoom, packGradients } from "./gradients.ts";
import { drawSome, TreeGrower, type Tree } from "./grow-tree.ts";
import { joinTrees, logistic } from "./trees.ts";

/** Rows with their outcomes, 0 or 1, and how much each counts. */
export type Labelled = {
  readonly x: Matrix;
  readonly y: Float32Array;
  readonly weights: Float32Array;
};

export type BoostOptions = {
  readonly rounds: number;
  readonly rate: number;
  readonly depthMax: number;
  readonly leavesMax: number | null;
  readonly l1: number;
  readonly l2: number;
  readonly childWeightMin: number;
  readonly gainMin: number;
  /** Share of rows and of features that each tree sees. */
  readonly rowShare: number;
  readonly featureShare: number;
  /** By feature; empty for no constraint. */
  readonly monotone: readonly (-1 | 0 | 1)[];
  /** Rounds without a better loss on `held` after which training ends. */
  readonly patience: number;
  readonly seed: number;
};

/** What is usual for the noise of markets: shallow trees, slow steps, strong sampling. */
export const boostDefaults: BoostOptions = {
  rounds: 300,
  rate: 0.05,
  depthMax: 4,
  leavesMax: null,
  l1: 0,
  l2: 1,
  childWeightMin: 5,
  gainMin: 0,
  rowShare: 0.8,
  featureShare: 0.8,
  monotone: [],
  patience: 30,
  seed: 1,
};

export type Boosted = {
  readonly body: TreesBody;
  /** Share of all gain by feature. */
  readonly importance: readonly number[];
  /** Trees kept, and the loss on `held` after each round; empty without it. */
  readonly rounds: number;
  readonly heldLosses: readonly number[];
};

/**
 * Gradient boosting of a log-odds (Friedman 2001) with Newton leaves (Chen and Guestrin 2016) on histograms (Ke et al. 2017). With
 * `held`, keeps the rounds that did best there. The same rows, options and seed give the same bits.
 */
export function fitBoosted(
  rows: Labelled,
  options: BoostOptions,
  held: Labelled | null = null,
  onRound?: (round: number) => void,
): Boosted {
  const { x, y, weights } = rows;
  assert(x.rows > 0 && y.length === x.rows, "every row has its outcome");
  const bins = binFeatures(x);
  const monotone = Int8Array.from({ length: x.width }, (_, feature) => options.monotone[feature] ?? 0);
  const grower = new TreeGrower(bins, { ...options, monotone, featuresPerNode: null });
  const room = gradientRoom(x.rows);
  const base = logOdds(y, weights);
  const scores = new Float64Array(x.rows).fill(base);
  const stop = held === null ? null : new EarlyStop(held, base, options.patience);
  const random = new Prng(options.seed).fork("boost");
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    derive(scores, y, weights, room);
    const sample = drawRows(x.rows, options.rowShare, random);
    const count = Math.max(1, Math.round(options.featureShare * x.width));
    const features = drawSome(
      Int32Array.from({ length: x.width }, (_, k) => k),
      count,
      random,
    );
    const tree = grower.grow(packGradients(room), sample, features, random);
    trees.push(tree);
    addTree(scores, tree, x);
    onRound?.(round + 1);
    if (stop !== null && stop.isOver(tree)) break;
  }
  const kept = trees.slice(0, stop === null ? trees.length : stop.best);
  const total = grower.gains.reduce((sum, gain) => sum + gain, 0);
  return {
    body: joinTrees(kept, base, "logit"),
    importance: [...grower.gains].map((gain) => (total > 0 ? gain / total : 0)),
    rounds: kept.length,
    heldLosses: stop?.losses ?? [],
  };
}

/** Derivatives of the weighted log loss by the log-odds. */
function derive(
  scores: Float64Array,
  y: Float32Array,
  weights: Float32Array,
  { first, second }: { readonly first: Float64Array; readonly second: Float64Array },
): void {
  for (let row = 0; row < scores.length; row++) {
    const p = logistic(scores[row]!);
    first[row] = (p - y[row]!) * weights[row]!;
    second[row] = p * (1 - p) * weights[row]!;
  }
}

function addTree(scores: Float64Array, tree: Tree, { values, width }: Matrix): void {
  const feature = Int32Array.from(tree.feature);
  const [left, right] = [Int32Array.from(tree.left), Int32Array.from(tree.right)];
  const threshold = Float32Array.from(tree.threshold);
  const value = Float64Array.from(tree.value);
  const missingLeft = Uint8Array.from(tree.missingLeft);
  for (let row = 0; row < scores.length; row++) {
    let node = 0;
    const offset = row * width;
    for (let asked = feature[0]!; asked >= 0; asked = feature[node]!) {
      const found = values[offset + asked]!;
      const isLeft = found < threshold[node]! || (found !== found && missingLeft[node] === 1);
      node = isLeft ? left[node]! : right[node]!;
    }
    scores[row]! += value[node]!;
  }
}

/** Every row with a chance of `share`; all of them at 1. */
function drawRows(rows: number, share: number, random: Prng): Int32Array {
  const drawn = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) if (share >= 1 || random.next() < share) drawn[count++] = row;
  if (count === 0) drawn[count++] = random.integer(rows);
  return drawn.slice(0, count);
}

/** The log-odds of the mean outcome, kept off the ends. */
function logOdds(y: Float32Array, weights: Float32Array): number {
  let [up, all] = [0, 0];
  for (let row = 0; row < y.length; row++) {
    up += y[row]! * weights[row]!;
    all += weights[row]!;
  }
  const share = Math.min(1 - 1e-6, Math.max(1e-6, up / all));
  return Math.log(share / (1 - share));
}

/** Follows the loss on rows that no tree was grown on. */
class EarlyStop {
  readonly losses: number[] = [];
  /** How many trees did best; at least one. */
  best = 1;
  private readonly held: Labelled;
  private readonly scores: Float64Array;
  private readonly patience: number;

  constructor(held: Labelled, base: number, patience: number) {
    this.held = held;
    this.patience = patience;
    this.scores = new Float64Array(held.x.rows).fill(base);
  }

  isOver(tree: Tree): boolean {
    const { x, y, weights } = this.held;
    addTree(this.scores, tree, x);
    let [loss, all] = [0, 0];
    for (let row = 0; row < x.rows; row++) {
      const score = this.scores[row]!;
      // ln(1 + exp(-score)) without overflow, for either outcome.
      const signed = y[row]! > 0.5 ? score : -score;
      loss += weights[row]! * (Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed));
      all += weights[row]!;
    }
    this.losses.push(loss / all);
    if (this.losses.at(-1)! < this.losses[this.best - 1]! - 1e-9) this.best = this.losses.length;
    return this.losses.length - this.best >= this.patience;
  }
}
