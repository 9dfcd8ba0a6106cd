import { Prng } from "../../base/prng.ts";
import type { Matrix } from "../trees/feature-bins.ts";

/** Rows that a model is asked about again and again, and what became of them. */
export type AskedRows = {
  readonly x: Matrix;
  /** 1 up, 0 down, NaN where nobody knows: such a row is asked and not counted. */
  readonly outcome: Float32Array;
};

/** How much worse a model does without one feature: the rise of its log loss, and the mean of it where nothing is shuffled. */
export type PermutationImportance = {
  readonly rows: number;
  readonly logLoss: number;
  readonly rises: readonly number[];
};

/**
 * Permutation importance (Breiman 2001): each feature in turn is shuffled among the rows, so that it says nothing any more, and the model
 * is asked again. A feature that helps makes the log loss rise; one that misleads makes it fall.
 */
export async function permutationImportance(
  ask: (x: Matrix) => Promise<Float64Array>,
  { x, outcome }: AskedRows,
  seed: number,
  onShare: (share: number) => void,
): Promise<PermutationImportance> {
  const { rows, width, values } = x;
  const whole = lossOf(await ask(x), outcome);
  const rises: number[] = [];
  for (let feature = 0; feature < width; feature++) {
    const order = shuffled(rows, new Prng(seed).fork(`feature ${feature}`));
    const changed = Float32Array.from(values);
    for (let row = 0; row < rows; row++)
      changed[row * width + feature] = values[order[row]! * width + feature]!;
    rises.push(lossOf(await ask({ ...x, values: changed }), outcome).mean - whole.mean);
    onShare((feature + 1) / width);
  }
  return { rows: whole.count, logLoss: whole.mean, rises };
}

function shuffled(rows: number, random: Prng): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let k = rows - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}

function lossOf(
  probability: Float64Array,
  outcome: Float32Array,
): { readonly mean: number; readonly count: number } {
  let [sum, count] = [0, 0];
  for (const [row, p] of probability.entries()) {
    if (Number.isNaN(p) || Number.isNaN(outcome[row]!)) continue;
    sum -= Math.log(Math.max(1e-12, outcome[row]! > 0.5 ? p : 1 - p));
    count += 1;
  }
  return { mean: sum / Math.max(1, count), count };
}
