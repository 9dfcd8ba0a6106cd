import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import type { TreesBody } from "../../domain/predictor-artifact.ts";
import { boostDefaults, fitBoosted } from "./boost.ts";
import { fitForest, forestDefaults } from "./forest.ts";
import { shapOfTrees } from "./shap.ts";
import { goesLeft, sumOf } from "./trees.ts";

const [count, width] = [600, 5];
const random = new Prng(4);
const values = Float32Array.from({ length: count * width }, () =>
  random.next() < 0.1 ? Number.NaN : random.normal(),
);
const y = Float32Array.from({ length: count }, (_, row) =>
  (values[row * width]! || 0) * (values[row * width + 1]! || 0) > random.normal() ? 1 : 0,
);
const rows = { x: { values, rows: count, width }, y, weights: new Float32Array(count).fill(1) };

/** What a tree says where only some features are known, by its own definition: unknown ones follow both sides by their rows. */
function expectedWith(body: TreesBody, node: number, row: number, known: ReadonlySet<number>): number {
  const asked = body.feature[node]!;
  if (asked < 0) return body.value[node]!;
  const [left, right] = [body.left[node]!, body.right[node]!];
  const below = (child: number): number => expectedWith(body, child, row, known);
  if (known.has(asked)) return below(goesLeft(body, node, values[row * width + asked]!) ? left : right);
  const total = body.cover[left]! + body.cover[right]!;
  return (body.cover[left]! * below(left) + body.cover[right]! * below(right)) / total;
}

/** Shapley values by going through all subsets of features. */
function slowShap(body: TreesBody, row: number): readonly number[] {
  const value = (subset: number): number => {
    const known = new Set([0, 1, 2, 3, 4].filter((feature) => (subset >> feature) & 1));
    return body.roots.reduce((sum, root) => sum + expectedWith(body, root, row, known), body.base);
  };
  const factorial = [1, 1, 2, 6, 24, 120];
  return Array.from({ length: width }, (_, feature) => {
    let sum = 0;
    for (let subset = 0; subset < 2 ** width; subset++) {
      if ((subset >> feature) & 1) continue;
      const size = subset.toString(2).replaceAll("0", "").length;
      const weight = (factorial[size]! * factorial[width - 1 - size]!) / factorial[width]!;
      sum += weight * (value(subset | (1 << feature)) - value(subset));
    }
    return sum;
  });
}

test.each([
  ["boosted trees", fitBoosted(rows, { ...boostDefaults, rounds: 12, depthMax: 5, rate: 0.3 }).body],
  ["a forest", fitForest(rows, { ...forestDefaults, trees: 8, depthMax: 7, leafWeightMin: 3 }).body],
])("what features add to a row of %s is Shapley's share of all subsets, and adds up", (_, body) => {
  for (const row of [0, 17, 233, 599]) {
    const { base, features } = shapOfTrees(body, values, width, row * width);
    slowShap(body, row).forEach((share, k) => expect(features[k]).toBeCloseTo(share, 11));
    const sum = features.reduce((all, one) => all + one, base);
    expect(Math.abs(sum - sumOf(body, values, row * width))).toBeLessThan(1e-9);
  }
});
