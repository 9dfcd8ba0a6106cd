import type { TreesBody } from "../../domain/predictor-artifact.ts";
import type { Tree } from "./grow-tree.ts";

/** Trees of a finished model behind one another. */
export function joinTrees(trees: readonly Tree[], base: number, link: TreesBody["link"]): TreesBody {
  const roots: number[] = [];
  let at = 0;
  for (const tree of trees) {
    roots.push(at);
    at += tree.feature.length;
  }
  const all = (name: Exclude<keyof Tree, "gain">) => trees.flatMap((tree) => tree[name]);
  const shifted = (name: "left" | "right") =>
    trees.flatMap((tree, k) => tree[name].map((child) => (child < 0 ? -1 : child + roots[k]!)));
  return {
    kind: "trees",
    roots,
    feature: all("feature"),
    threshold: all("threshold"),
    left: shifted("left"),
    right: shifted("right"),
    missingLeft: all("missingLeft"),
    value: all("value"),
    cover: all("cover"),
    base,
    link,
  };
}

/** Share of all gain that splits on each feature brought; trees are added up in their order. */
export function gainShares(trees: readonly Tree[], width: number): readonly number[] {
  const gains = new Float64Array(width);
  for (const { feature, gain } of trees)
    for (const [node, asked] of feature.entries()) if (asked >= 0) gains[asked]! += gain[node]!;
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return Array.from(gains, (gain) => (total > 0 ? gain / total : 0));
}

/** Whether a node sends a value to its left child. */
export function goesLeft({ threshold, missingLeft }: TreesBody, node: number, value: number): boolean {
  return Number.isNaN(value) ? missingLeft[node] === 1 : value < threshold[node]!;
}

/** The node that a row of features ends in, from `root` on. */
function leafOf(body: TreesBody, root: number, values: ArrayLike<number>, offset: number): number {
  const { feature, left, right } = body;
  let node = root;
  while (feature[node]! >= 0) {
    const isLeft = goesLeft(body, node, values[offset + feature[node]!]!);
    node = isLeft ? left[node]! : right[node]!;
  }
  return node;
}

/** What the trees make of a row, before the link. */
export function sumOf(body: TreesBody, values: ArrayLike<number>, offset: number): number {
  let sum = body.base;
  for (const root of body.roots) sum += body.value[leafOf(body, root, values, offset)]!;
  return sum;
}

/** Probabilities of rows of features, row-major; their numbers have 32 bits, as in training. */
export function predictTrees(
  body: TreesBody,
  values: Float32Array,
  rows: number,
  width: number,
): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    const sum = sumOf(body, values, row * width);
    return body.link === "logit" ? logistic(sum) : Math.min(1, Math.max(0, sum));
  });
}

/** 1 / (1 + exp(-x)). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
