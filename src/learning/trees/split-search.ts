import { missingBin, type FeatureBins } from "./feature-bins.ts";
import type { PackedGradients } from "./gradients.ts";

/** Bins of one feature in a histogram. */
export const binsPerFeature = 256;

/** What keeps a tree from learning noise. */
export type SplitRules = {
  readonly l1: number;
  readonly l2: number;
  /** Least second derivative on each side of a split. */
  readonly childWeightMin: number;
  /** Least improvement of the loss. */
  readonly gainMin: number;
  /** By feature: 1 where predictions may only rise with it, -1 only fall, 0 anything. */
  readonly monotone: Int8Array;
};

/** A way to part the rows of a node. */
export type Split = {
  readonly feature: number;
  /** Rows in this bin or a lower one go left. */
  readonly bin: number;
  readonly isMissingLeft: boolean;
  readonly gain: number;
  readonly leftValue: number;
  readonly rightValue: number;
  /** Second derivatives of each side, as histograms know them. */
  readonly leftWeight: number;
  readonly rightWeight: number;
};

/** The ends that a node's value must lie between, so that monotone features stay so. */
export type Bounds = { readonly low: number; readonly high: number };

/** The value of a leaf that fits its rows best: a Newton step, pulled to zero. */
export function leafValue(first: number, second: number, { l1, l2 }: SplitRules): number {
  return -softened(first, l1) / (second + l2);
}

function softened(first: number, l1: number): number {
  return l1 === 0 ? first : Math.sign(first) * Math.max(0, Math.abs(first) - l1);
}

function score(first: number, second: number, { l1, l2 }: SplitRules): number {
  return softened(first, l1) ** 2 / (second + l2);
}

/** A node as a search for splits sees it: its histogram begins with the bins of `firstFeature`. */
export type SplitRoom = {
  readonly histogram: Float64Array;
  readonly firstFeature: number;
  readonly bounds: Bounds;
};

/** The best split of a node over some features, by its histogram; null where none improves the loss. */
export function findSplit(
  { histogram, firstFeature, bounds }: SplitRoom,
  features: Int32Array,
  { edges }: FeatureBins,
  gradients: PackedGradients,
  rules: SplitRules,
): Split | null {
  if (features.length === 0) return null;
  const total = totalOf(histogram, (features[0]! - firstFeature) * binsPerFeature);
  const found: Found = { feature: -1, bin: -1, isMissingLeft: false };
  const limit = Float64Array.of(rules.gainMin);
  for (const feature of features) {
    const offset = (feature - firstFeature) * binsPerFeature;
    const missing = histogram[offset + missingBin]!;
    const cuts = edges[feature]!.length;
    for (let side = 0; side < (missing === 0 ? 1 : 2); side++) {
      const start = side === 0 ? 0 : missing;
      const bin =
        rules.l1 === 0 && rules.monotone[feature] === 0
          ? scan(histogram, offset, cuts, start, total, gradients, rules, limit)
          : scanBound(histogram, offset, cuts, start, total, gradients, rules, limit, feature, bounds);
      if (bin < 0) continue;
      found.feature = feature;
      found.bin = bin;
      found.isMissingLeft = side === 1;
    }
  }
  return found.feature < 0 ? null : splitAt(found);

  function splitAt({ feature, bin, isMissingLeft }: Found): Split {
    const offset = (feature - firstFeature) * binsPerFeature;
    let sum = isMissingLeft ? histogram[offset + missingBin]! : 0;
    for (let k = 0; k <= bin; k++) sum += histogram[offset + k]!;
    const [left, right] = [sumsOf(sum, gradients), sumsOf(total - sum, gradients)];
    return {
      feature,
      bin,
      isMissingLeft,
      gain: limit[0]!,
      leftValue: within(leafValue(left.first, left.second, rules), bounds),
      rightValue: within(leafValue(right.first, right.second, rules), bounds),
      leftWeight: left.second,
      rightWeight: right.second,
    };
  }
}

type Found = { feature: number; bin: number; isMissingLeft: boolean };

/**
 * The cut of a feature that gains most, and more than `limit[0]`, which becomes its gain; -1 where none does. The inner loop of
 * the search: it stands alone, and takes no numbers out of arrays by their pattern, which would make an object of each.
 */
function scan(
  histogram: Float64Array,
  offset: number,
  cuts: number,
  start: number,
  total: number,
  { unit, firstStep, secondStep }: PackedGradients,
  { l2, childWeightMin }: SplitRules,
  limit: Float64Array,
): number {
  // A side without rows is none.
  const weightMin = Math.max(childWeightMin, secondStep);
  // The unit is a power of two: one over it loses nothing.
  const perUnit = 1 / unit;
  const secondAll = Math.floor(total * perUnit + 0.5);
  const first = (total - secondAll * unit) * firstStep;
  const second = secondAll * secondStep;
  const base = (first * first) / (second + l2);
  let sum = start;
  let bestGain = limit[0]!;
  let best = -1;
  for (let bin = 0; bin < cuts; bin++) {
    sum += histogram[offset + bin]!;
    const secondUnits = Math.floor(sum * perUnit + 0.5);
    const leftSecond = secondUnits * secondStep;
    if (leftSecond < weightMin) continue;
    const rightSecond = second - leftSecond;
    if (rightSecond < weightMin) break;
    const leftFirst = (sum - secondUnits * unit) * firstStep;
    const rightFirst = first - leftFirst;
    const leftDown = leftSecond + l2;
    const rightDown = rightSecond + l2;
    // One division in place of two.
    const gain =
      (leftFirst * leftFirst * rightDown + rightFirst * rightFirst * leftDown) / (leftDown * rightDown) -
      base;
    if (gain > bestGain) {
      bestGain = gain;
      best = bin;
    }
  }
  limit[0] = bestGain;
  return best;
}

/** The same where values are softened by `l1` or may only rise or fall with the feature. */
function scanBound(
  histogram: Float64Array,
  offset: number,
  cuts: number,
  start: number,
  total: number,
  gradients: PackedGradients,
  rules: SplitRules,
  limit: Float64Array,
  feature: number,
  bounds: Bounds,
): number {
  const { childWeightMin, monotone } = rules;
  const weightMin = Math.max(childWeightMin, gradients.secondStep);
  const whole = sumsOf(total, gradients);
  const base = score(whole.first, whole.second, rules);
  let sum = start;
  let best = -1;
  for (let bin = 0; bin < cuts; bin++) {
    sum += histogram[offset + bin]!;
    const left = sumsOf(sum, gradients);
    if (left.second < weightMin) continue;
    const [first, second] = [whole.first - left.first, whole.second - left.second];
    if (second < weightMin) break;
    const gain = score(left.first, left.second, rules) + score(first, second, rules) - base;
    if (!(gain > limit[0]!)) continue;
    const leftValue = within(leafValue(left.first, left.second, rules), bounds);
    const rightValue = within(leafValue(first, second, rules), bounds);
    if (monotone[feature]! * (rightValue - leftValue) < 0) continue;
    limit[0] = gain;
    best = bin;
  }
  return best;
}

/** Both sums of a packed one. */
function sumsOf(packed: number, { unit, firstStep, secondStep }: PackedGradients) {
  const units = Math.floor(packed / unit + 0.5);
  return { first: (packed - units * unit) * firstStep, second: units * secondStep };
}

/** Every row is in one bin of any feature. */
function totalOf(histogram: Float64Array, offset: number): number {
  let total = 0;
  for (let bin = 0; bin < binsPerFeature; bin++) total += histogram[offset + bin]!;
  return total;
}

/** A value moved to the nearer end where it is outside. */
export function within(value: number, { low, high }: Bounds): number {
  return Math.min(high, Math.max(low, value));
}
