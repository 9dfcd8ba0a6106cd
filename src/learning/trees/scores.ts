import type { Matrix } from "./feature-bins.ts";
import type { Tree, TreeGrower } from "./grow-tree.ts";

/** Where the rows of the last tree lie. */
type Grown = Pick<TreeGrower, "leaves" | "sample" | "others">;

/** Adds a tree to the scores of the rows that lie in its leaves: those that it was grown on, and those that went along. */
export function addTree(scores: Float64Array, tree: Tree, { leaves, sample, others }: Grown): void {
  for (const { node, rows, along } of leaves) {
    const value = tree.value[node]!;
    for (let k = rows.from; k < rows.to; k++) scores[sample.order[k]!]! += value;
    for (let k = along.from; k < along.to; k++) scores[others.order[k]!]! += value;
  }
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
