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
  { unit, firstStep, secondStep }: PackedGradients,
  rules: SplitRules,
): Split | null {
  if (features.length === 0) return null;
  const total = totalOf(histogram, (features[0]! - firstFeature) * binsPerFeature);
  const perUnit = 1 / unit;
  const secondAll = Math.floor(total * perUnit + 0.5);
  const [first, second] = [(total - secondAll * unit) * firstStep, secondAll * secondStep];
  const base = score(first, second, rules);
  const { l1, l2, childWeightMin, monotone } = rules;
  let best: Split | null = null;
  let bestGain = rules.gainMin;
  for (const feature of features) {
    const offset = (feature - firstFeature) * binsPerFeature;
    const missing = histogram[offset + missingBin]!;
    const cuts = edges[feature]!.length;
    for (let side = 0; side < (missing === 0 ? 1 : 2); side++) {
      let sum = side === 0 ? 0 : missing;
      for (let bin = 0; bin < cuts; bin++) {
        sum += histogram[offset + bin]!;
        // The unit is a power of two: one over it loses nothing.
        const secondUnits = Math.floor(sum * perUnit + 0.5);
        const leftSecond = secondUnits * secondStep;
        if (leftSecond < childWeightMin) continue;
        const rightSecond = second - leftSecond;
        if (rightSecond < childWeightMin) break;
        const leftFirst = (sum - secondUnits * unit) * firstStep;
        const rightFirst = first - leftFirst;
        const [leftDown, rightDown] = [leftSecond + l2, rightSecond + l2];
        // One division in place of two: this line is the inner loop of the search.
        const gain =
          l1 === 0
            ? (leftFirst * leftFirst * rightDown + rightFirst * rightFirst * leftDown) /
                (leftDown * rightDown) -
              base
            : score(leftFirst, leftSecond, rules) + score(rightFirst, rightSecond, rules) - base;
        if (!(gain > bestGain)) continue;
        const leftValue = within(leafValue(leftFirst, leftSecond, rules), bounds);
        const rightValue = within(leafValue(rightFirst, rightSecond, rules), bounds);
        if (monotone[feature]! * (rightValue - leftValue) < 0) continue;
        bestGain = gain;
        best = { feature, bin, isMissingLeft: side === 1, gain, leftValue, rightValue };
      }
    }
  }
  return best;
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
