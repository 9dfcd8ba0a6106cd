import { assert } from "../../base/assert.ts";
import { Prng } from "../../base/prng.ts";
import type { TreesBody } from "../../domain/predictor-artifact.ts";
import { EarlyStop } from "./early-stop.ts";
import { binFeatures, binsMemory, featuresOf, type BinsMemory, type Matrix } from "./feature-bins.ts";
import type { Labelled } from "./labelled.ts";
import { gradientRoom, packGradients, type GradientRoom, type PackedGradients } from "./gradients.ts";
import { drawSome, TreeGrower, type Tree } from "./grow-tree.ts";
import { addTree } from "./scores.ts";
import { partialsMemory } from "./histograms.ts";
import { Team, teamMemory, type TeamMemory } from "./team.ts";
import { gainShares, joinTrees, logistic } from "./trees.ts";

export type BoostOptions = {
  readonly rounds: number;
  readonly rate: number;
  readonly depthMax: number;
  /** With it, trees grow leaf by leaf until they have so many. */
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

/** What is usual for the noise of markets: shallow trees, slow steps, strong sampling, leaves of some two hundred rows. */
export const boostDefaults: BoostOptions = {
  rounds: 300,
  rate: 0.05,
  depthMax: 4,
  leavesMax: null,
  l1: 0,
  l2: 1,
  childWeightMin: 50,
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

/** Memory that the members of a team share. Plain data. */
export type BoostMemory = {
  readonly team: TeamMemory;
  readonly bins: BinsMemory;
  readonly partials: Float64Array;
};

/** Memory for boosting on such rows. */
export function boostMemory(x: Matrix, teamSize: number): BoostMemory {
  return {
    team: teamMemory(teamSize),
    bins: binsMemory(x.rows, x.width, teamSize),
    partials: partialsMemory(x, teamSize),
  };
}

/**
 * Gradient boosting of a log-odds (Friedman 2001) with Newton leaves (Chen and Guestrin 2016) on histograms (Ke et al. 2017). With
 * `held`, keeps the rounds that did best there. The same rows, options and seed give the same bits, for any number of members:
 * each member of a team calls this with the same memory and a number of its own, and all come back with the same trees.
 */
export function fitBoosted(
  rows: Labelled,
  options: BoostOptions,
  held: Labelled | null = null,
  onRound?: (round: number) => void,
  memory: BoostMemory = boostMemory(rows.x, 1),
  member = 0,
): Boosted {
  const { x, y, weights } = rows;
  assert(x.rows > 0 && y.length === x.rows, "every row has its outcome");
  const team = new Team(memory.team, member);
  const bins = binFeatures(x, memory.bins, team);
  const monotone = Int8Array.from({ length: x.width }, (_, feature) => options.monotone[feature] ?? 0);
  const rules = { ...options, monotone, featuresPerNode: null };
  const [from, to] = team.shareOf(x.rows);
  const grower = new TreeGrower({
    bins,
    rules,
    team,
    ownFeatures: featuresOf(x, team),
    rowsMax: to - from,
    partials: memory.partials,
  });
  const base = logOdds(y, weights);
  // Of its rows alone a member knows scores and gradients.
  const scores = new Float64Array(x.rows).fill(base, from, to);
  const room = gradientRoom(x.rows);
  const stop = held === null ? null : new EarlyStop(held, base, options.patience, team);
  const random = new Prng(options.seed).fork("boost");
  const weightMax = weights.reduce((most, weight) => Math.max(most, weight), 1e-30);
  const all = Int32Array.from({ length: x.width }, (_, k) => k);
  const count = Math.max(1, Math.round(options.featureShare * x.width));
  const trees: Tree[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const gradients = derive(room, scores, rows, [from, to], weightMax);
    const { sample, others } = drawRows(x.rows, options.rowShare, random, [from, to]);
    const features = drawSome(all, count, random);
    const tree = grower.grow(gradients, sample, others, features, random);
    trees.push(tree);
    addTree(scores, tree, grower);
    onRound?.(round + 1);
    if (stop !== null && stop.isOver(tree)) break;
  }
  const kept = trees.slice(0, stop === null ? trees.length : stop.best);
  return {
    body: joinTrees(kept, base, "logit"),
    importance: gainShares(trees, x.width),
    rounds: kept.length,
    heldLosses: stop?.losses ?? [],
  };
}

/** Derivatives of the weighted log loss by the log-odds: of p - y, which is one at most, and p (1 - p), a quarter at most. */
function derive(
  room: GradientRoom,
  scores: Float64Array,
  { y, weights }: Labelled,
  [from, to]: readonly [number, number],
  weightMax: number,
): PackedGradients {
  const { first, second } = room;
  for (let row = from; row < to; row++) {
    const p = logistic(scores[row]!);
    first[row] = (p - y[row]!) * weights[row]!;
    second[row] = p * (1 - p) * weights[row]!;
  }
  return packGradients(room, [from, to], weightMax, weightMax / 4);
}

/** Every row with a chance of `share`, all of them at 1, and the rest: of those, the rows `from` to before `to`. */
function drawRows(
  rows: number,
  share: number,
  random: Prng,
  [from, to]: readonly [number, number],
): { readonly sample: Int32Array; readonly others: Int32Array } {
  const [sample, others] = [new Int32Array(to - from), new Int32Array(to - from)];
  let drawn = 0;
  let all = 0;
  let left = 0;
  // Every member draws for all rows, so that chance is the same for any number of them.
  for (let row = 0; row < rows; row++) {
    const isDrawn = share >= 1 || random.next() < share;
    if (isDrawn) all += 1;
    if (row < from || row >= to) continue;
    if (isDrawn) sample[drawn++] = row;
    else others[left++] = row;
  }
  if (all > 0) return { sample: sample.subarray(0, drawn), others: others.subarray(0, left) };
  const only = random.integer(rows);
  const rest = others.subarray(0, left);
  return { sample: rest.filter((row) => row === only), others: rest.filter((row) => row !== only) };
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
