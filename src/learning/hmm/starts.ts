import type { Prng } from "../../base/prng.ts";
import { kMeans } from "./k-means.ts";
import type { PreparedRows } from "./prepare-rows.ts";

/** A guess of the state of every row to begin from, and how likely a state is to last. */
export type Start = {
  readonly name: string;
  readonly labels: Uint8Array;
  readonly staying: number;
};

type Guess = (rows: PreparedRows, states: number, prng: Prng) => Uint8Array;

/**
 * Ways to begin, each good where others fail: k-means sees levels and is blind to states that differ in spread alone;
 * the splits by local size and local mean see those; random pieces and random rows owe nothing to any idea.
 */
const guesses: readonly (readonly [name: string, guess: Guess])[] = [
  ["k-means", (rows, states, prng) => kMeans(rows.values, rows.length, rows.features, states, prng)],
  ["size-quantiles", (rows, states, prng) => quantiles(localSize(rows, windowRows(rows, prng)), states)],
  ["local-k-means", localKMeans],
  ["mean-quantiles", meanQuantiles],
  ["random-pieces", randomPieces],
  ["random-rows", randomRows],
];

const stays = [0.95, 0.99, 0.8, 0.6] as const;

/** The start of restart number `restart`: the same seed and number always begin alike. */
export function startOf(rows: PreparedRows, states: number, restart: number, prng: Prng): Start {
  const [name, guess] = guesses[restart % guesses.length]!;
  const staying = stays[restart % stays.length]!;
  return { name: `${name} ${staying}`, labels: guess(rows, states, prng), staying };
}

function windowRows({ length }: PreparedRows, prng: Prng): number {
  const wanted = [5, 10, 20, 40][prng.integer(4)]!;
  return Math.max(1, Math.min(wanted, Math.floor(length / 4)));
}

/** Mean of `of(row)` over the last `window` rows. */
function localMean(length: number, window: number, of: (row: number) => number): Float64Array {
  const means = new Float64Array(length);
  let sum = 0;
  for (let row = 0; row < length; row++) {
    sum += of(row) - (row >= window ? of(row - window) : 0);
    means[row] = sum / Math.min(row + 1, window);
  }
  return means;
}

function localSize({ values, length, features }: PreparedRows, window: number): Float64Array {
  return localMean(length, window, (row) => {
    let sum = 0;
    for (let k = row * features; k < (row + 1) * features; k++) sum += values[k]! * values[k]!;
    return sum;
  });
}

function meanQuantiles(rows: PreparedRows, states: number, prng: Prng): Uint8Array {
  const { values, length, features } = rows;
  const feature = prng.integer(features);
  return quantiles(
    localMean(length, windowRows(rows, prng), (row) => values[row * features + feature]!),
    states,
  );
}

/** Groups of equal size from the smallest scores to the largest. */
function quantiles(scores: Float64Array, states: number): Uint8Array {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]! || a - b);
  const labels = new Uint8Array(scores.length);
  for (const [rank, row] of order.entries()) labels[row] = Math.floor((rank * states) / scores.length);
  return labels;
}

/** K-means over the local mean of every feature and the local size of all of them. */
function localKMeans(rows: PreparedRows, states: number, prng: Prng): Uint8Array {
  const { values, length, features } = rows;
  const window = windowRows(rows, prng);
  const width = features + 1;
  const local = new Float64Array(length * width);
  const place = (column: number, scores: Float64Array) => {
    const deviation = Math.sqrt(scores.reduce((sum, score) => sum + score * score, 0) / length) || 1;
    for (let row = 0; row < length; row++) local[row * width + column] = scores[row]! / deviation;
  };
  for (let feature = 0; feature < features; feature++) {
    place(
      feature,
      localMean(length, window, (row) => values[row * features + feature]!),
    );
  }
  const sizes = localSize(rows, window).map((size) => Math.log(size + 1e-6));
  const centre = sizes.reduce((sum, size) => sum + size, 0) / length;
  place(
    features,
    sizes.map((size) => size - centre),
  );
  return kMeans(local, length, width, states, prng);
}

function randomPieces({ length }: PreparedRows, states: number, prng: Prng): Uint8Array {
  const labels = new Uint8Array(length);
  const pieceRowsMax = Math.max(2, Math.floor(length / (3 * states)));
  for (let row = 0; row < length;) {
    const end = row + 1 + prng.integer(pieceRowsMax);
    labels.fill(prng.integer(states), row, end);
    row = end;
  }
  return labels;
}

/** The nearest of a few rows drawn blindly: k-means++ without its care and without its rounds. */
function randomRows({ values, length, features }: PreparedRows, states: number, prng: Prng): Uint8Array {
  const centres = Array.from({ length: states }, () => prng.integer(length));
  const scale = Array.from({ length: states }, () => Math.exp(prng.normal()));
  return Uint8Array.from({ length }, (_, row) => {
    let [best, least] = [0, Infinity];
    for (let state = 0; state < states; state++) {
      let away = 0;
      for (let k = 0; k < features; k++) {
        away += (values[row * features + k]! - values[centres[state]! * features + k]!) ** 2;
      }
      if (away * scale[state]! < least) [best, least] = [state, away * scale[state]!];
    }
    return best;
  });
}
