import type { Matrix } from "./feature-bins.ts";
import type { Tree, TreeGrower } from "./grow-tree.ts";

/**
 * Adds a tree to the scores of the rows `from` to before `to`. Rows that it was grown on lie in its leaves already; only the
 * others are led through it.
 */
export function addTree(
  scores: Float64Array,
  tree: Tree,
  { order, leaves }: Pick<TreeGrower, "order" | "leaves">,
  sample: Int32Array,
  x: Matrix,
  [from, to]: readonly [number, number],
): void {
  for (const { node, from: first, to: last } of leaves) {
    const value = tree.value[node]!;
    for (let k = firstAtLeast(order, from, first, last); k < last && order[k]! < to; k++)
      scores[order[k]!]! += value;
  }
  const others = new Int32Array(to - from);
  let [at, count] = [firstAtLeast(sample, from, 0, sample.length), 0];
  for (let row = from; row < to; row++) {
    if (sample[at] === row) at += 1;
    else others[count++] = row;
  }
  leadThrough(scores, tree, x, others.subarray(0, count));
}

/** Leads rows through a tree and adds what they find to their scores. */
export function leadThrough(
  scores: Float64Array,
  tree: Tree,
  { values, width }: Matrix,
  rows: Int32Array,
): void {
  const feature = Int32Array.from(tree.feature);
  const [left, right] = [Int32Array.from(tree.left), Int32Array.from(tree.right)];
  const threshold = Float32Array.from(tree.threshold);
  const value = Float64Array.from(tree.value);
  const missingLeft = Uint8Array.from(tree.missingLeft);
  for (const row of rows) {
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

/** The first place from `low` to `high` of rows in increasing order that holds at least `row`. */
function firstAtLeast(rows: Int32Array, row: number, low: number, high: number): number {
  let [from, to] = [low, high];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle]! < row) from = middle + 1;
    else to = middle;
  }
  return from;
}
