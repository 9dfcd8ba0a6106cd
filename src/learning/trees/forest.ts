import { Prng } from "../../base/prng.ts";
import type { TreesBody } from "../../domain/predictor-artifact.ts";
import type { Labelled } from "./labelled.ts";
import { binFeatures, binsMemory, type BinsMemory, type Matrix } from "./feature-bins.ts";
import { gradientRoom, packGradients, type GradientRoom, type PackedGradients } from "./gradients.ts";
import { TreeGrower, type Tree } from "./grow-tree.ts";
import { Team, teamMemory, type TeamMemory } from "./team.ts";
import { gainShares, joinTrees } from "./trees.ts";

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
  leafWeightMin: 150,
  featuresPerNode: null,
  seed: 1,
};

export type Forest = { readonly body: TreesBody; readonly importance: readonly number[] };

/** Memory that the members of a team share. Plain data. */
export type ForestMemory = { readonly team: TeamMemory; readonly bins: BinsMemory };

/** Memory for a forest on such rows. */
export function forestMemory({ rows, width }: Matrix, teamSize: number): ForestMemory {
  return { team: teamMemory(teamSize), bins: binsMemory(rows, width, teamSize) };
}

/** A tree and its number in the forest. */
export type NumberedTree = { readonly number: number; readonly tree: Tree };

/**
 * A random forest (Breiman 2001): trees on rows drawn with replacement, nodes that choose from few features, and the mean of the
 * leaves' shares. The squared error that its trees lessen is the Gini impurity where outcomes are 0 and 1. Trees are numbered and
 * each has chance of its own, so the members of a team take whichever is next and the forest is the same.
 */
export function growTrees(
  { x, y, weights }: Labelled,
  options: ForestOptions,
  memory: ForestMemory,
  member: number,
  onTree?: (number: number) => void,
): readonly NumberedTree[] {
  const team = new Team(memory.team, member);
  const bins = binFeatures(x, memory.bins, team);
  const rules = {
    l1: 0,
    l2: 1e-9,
    childWeightMin: options.leafWeightMin,
    gainMin: 1e-12,
    monotone: new Int8Array(x.width),
    depthMax: options.depthMax,
    leavesMax: null,
    featuresPerNode: Math.min(
      x.width,
      options.featuresPerNode ?? Math.max(1, Math.round(Math.sqrt(x.width))),
    ),
    rate: 1 / options.trees,
  };
  // A tree is grown by one member alone.
  const alone = new Team(teamMemory(1), 0);
  const grower = new TreeGrower({
    bins,
    rules,
    team: alone,
    ownFeatures: [0, x.width],
    rowsMax: x.rows,
    partials: new Float64Array(0),
  });
  const room = gradientRoom(x.rows);
  const features = Int32Array.from({ length: x.width }, (_, k) => k);
  const nobody = new Int32Array(0);
  const grown: NumberedTree[] = [];
  for (let number = team.takePiece(); number < options.trees; number = team.takePiece()) {
    const random = new Prng(options.seed).fork(`tree ${number}`);
    const { rows, gradients } = draw(y, weights, random, room);
    grown.push({ number, tree: grower.grow(gradients, rows, nobody, features, random) });
    onTree?.(number + 1);
  }
  return grown;
}

/** The forest that numbered trees are, whoever grew which. */
export function forestOf(grown: readonly NumberedTree[], width: number): Forest {
  const trees = grown.toSorted((a, b) => a.number - b.number).map(({ tree }) => tree);
  return { body: joinTrees(trees, 0, "probability"), importance: gainShares(trees, width) };
}

/** A whole forest in this thread. */
export function fitForest(rows: Labelled, options: ForestOptions, onTree?: (done: number) => void): Forest {
  return forestOf(growTrees(rows, options, forestMemory(rows.x, 1), 0, onTree), rows.x.width);
}

/** As many rows as there are, with replacement: how often each came is its weight. */
function draw(
  y: Float32Array,
  weights: Float32Array,
  random: Prng,
  room: GradientRoom,
): { readonly rows: Int32Array; readonly gradients: PackedGradients } {
  const { length } = y;
  const counts = new Int32Array(length);
  for (let k = 0; k < length; k++) counts[random.integer(length)]! += 1;
  const rows = new Int32Array(length);
  let [drawn, most] = [0, 1e-30];
  for (let row = 0; row < length; row++) {
    const weight = weights[row]! * counts[row]!;
    room.first[row] = -y[row]! * weight;
    room.second[row] = weight;
    most = Math.max(most, weight);
    if (counts[row]! > 0) rows[drawn++] = row;
  }
  return { rows: rows.slice(0, drawn), gradients: packGradients(room, [0, length], most, most) };
}
