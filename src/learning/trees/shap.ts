import type { TreesBody } from "../../domain/predictor-artifact.ts";
import { goesLeft } from "./trees.ts";

/** What each feature adds to the sum of a row: `base` and all of them make what the trees say before the link. */
export type Contributions = { readonly base: number; readonly features: Float64Array };

/** Features on the way from the root to a node: shares of the ways on which each is unknown and known, and the weights of subsets. */
type Path = {
  readonly feature: Int32Array;
  readonly unknown: Float64Array;
  readonly known: Float64Array;
  readonly weight: Float64Array;
};

/**
 * Exact SHAP values of one row by the ways that rows of the training took (TreeSHAP; Lundberg, Erion and Lee 2018,
 * algorithm 2). A feature that a node asks about and that is unknown follows both sides by the weight of the rows there.
 */
export function shapOfTrees(
  body: TreesBody,
  values: ArrayLike<number>,
  width: number,
  offset = 0,
): Contributions {
  const features = new Float64Array(width);
  let base = body.base;
  for (const root of body.roots) {
    base += expectedOf(body, root);
    follow({ body, values, offset, features }, root, pathRoom(0), 0, 1, 1, -1);
  }
  return { base, features };
}

/** The mean of the leaves below a node, by the weight of rows. */
function expectedOf(body: TreesBody, node: number): number {
  if (body.feature[node]! < 0) return body.value[node]!;
  const [left, right] = [body.left[node]!, body.right[node]!];
  return (
    shareOf(body, left, node) * expectedOf(body, left) + shareOf(body, right, node) * expectedOf(body, right)
  );
}

/** Share of a node's rows that went to one of its children. */
function shareOf({ cover, left, right }: TreesBody, child: number, node: number): number {
  const total = cover[left[node]!]! + cover[right[node]!]!;
  return total > 0 ? cover[child]! / total : 0.5;
}

type Row = {
  readonly body: TreesBody;
  readonly values: ArrayLike<number>;
  readonly offset: number;
  readonly features: Float64Array;
};

/** Follows all ways below a node. `length` features are on the path to it; `feature` is what its parent asked about. */
function follow(
  row: Row,
  node: number,
  before: Path,
  length: number,
  unknown: number,
  known: number,
  feature: number,
): void {
  const { body, values, offset, features } = row;
  const path = copyOf(before, length);
  extend(path, length, unknown, known, feature);
  const asked = body.feature[node]!;
  if (asked < 0) {
    for (let k = 1; k <= length; k++)
      features[path.feature[k]!]! +=
        weightWithout(path, length, k) * (path.known[k]! - path.unknown[k]!) * body.value[node]!;
    return;
  }
  const isLeft = goesLeft(body, node, values[offset + asked]!);
  const [left, right] = [body.left[node]!, body.right[node]!];
  const [hot, cold] = isLeft ? [left, right] : [right, left];
  // A feature that was asked about before stands on the path once.
  let [unknownBefore, knownBefore, count] = [1, 1, length];
  const place = path.feature.indexOf(asked, 1);
  if (place > 0 && place <= length) {
    [unknownBefore, knownBefore] = [path.unknown[place]!, path.known[place]!];
    unwind(path, length, place);
    count -= 1;
  }
  follow(row, hot, path, count + 1, unknownBefore * shareOf(body, hot, node), knownBefore, asked);
  follow(row, cold, path, count + 1, unknownBefore * shareOf(body, cold, node), 0, asked);
}

function pathRoom(length: number): Path {
  return {
    feature: new Int32Array(length + 1).fill(-1),
    unknown: new Float64Array(length + 1),
    known: new Float64Array(length + 1),
    weight: new Float64Array(length + 1),
  };
}

function copyOf(path: Path, length: number): Path {
  const room = pathRoom(length);
  for (const name of ["feature", "unknown", "known", "weight"] as const)
    room[name].set(path[name].subarray(0, length));
  return room;
}

/** Adds a feature to the path, which becomes number `length` on it. */
function extend(
  { feature, unknown, known, weight }: Path,
  length: number,
  u: number,
  k: number,
  f: number,
): void {
  feature[length] = f;
  unknown[length] = u;
  known[length] = k;
  weight[length] = length === 0 ? 1 : 0;
  for (let i = length - 1; i >= 0; i--) {
    weight[i + 1]! += (k * weight[i]! * (i + 1)) / (length + 1);
    weight[i] = (u * weight[i]! * (length - i)) / (length + 1);
  }
}

/** Takes the feature at a place away again. */
function unwind({ feature, unknown, known, weight }: Path, length: number, place: number): void {
  const [u, k] = [unknown[place]!, known[place]!];
  let next = weight[length]!;
  for (let i = length - 1; i >= 0; i--) {
    if (k === 0) {
      weight[i] = (weight[i]! * (length + 1)) / (u * (length - i));
      continue;
    }
    const was = weight[i]!;
    weight[i] = (next * (length + 1)) / ((i + 1) * k);
    next = was - (weight[i]! * u * (length - i)) / (length + 1);
  }
  for (let i = place; i < length; i++) {
    feature[i] = feature[i + 1]!;
    unknown[i] = unknown[i + 1]!;
    known[i] = known[i + 1]!;
  }
}

/** Sum of the weights of the path without the feature at a place. */
function weightWithout({ unknown, known, weight }: Path, length: number, place: number): number {
  const [u, k] = [unknown[place]!, known[place]!];
  let [total, next] = [0, weight[length]!];
  for (let i = length - 1; i >= 0; i--) {
    if (k === 0) {
      total += (weight[i]! * (length + 1)) / (u * (length - i));
      continue;
    }
    const part = (next * (length + 1)) / ((i + 1) * k);
    total += part;
    next = weight[i]! - (part * u * (length - i)) / (length + 1);
  }
  return total;
}
