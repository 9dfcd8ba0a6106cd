import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { boostDefaults, fitBoosted } from "./boost.ts";
import type { Labelled } from "./labelled.ts";
import { binAt, binFeatures, binsMemory, missingBin } from "./feature-bins.ts";
import { fitForest, forestDefaults } from "./forest.ts";
import { Team, teamMemory } from "./team.ts";
import { predictTrees } from "./trees.ts";

/** Rows of noise whose first features decide: two of them only together, as no linear model sees it. */
function rowsOf(count: number, seed: number, width = 5, missing = 0): Labelled {
  const random = new Prng(seed);
  const values = Float32Array.from({ length: count * width }, () => random.normal());
  const y = Float32Array.from({ length: count }, (_, row) => {
    const [a, b, c] = values.subarray(row * width, row * width + 3) as unknown as [number, number, number];
    return random.next() < 1 / (1 + Math.exp(-1.5 * a - 2 * b * c)) ? 1 : 0;
  });
  for (let k = 0; k < values.length; k++) if (random.next() < missing) values[k] = Number.NaN;
  return { x: { values, rows: count, width }, y, weights: new Float32Array(count).fill(1) };
}

function accuracyOf(probability: Float64Array, { y }: Labelled): number {
  return probability.filter((p, row) => p > 0.5 === (y[row] === 1)).length / y.length;
}

const [learn, fresh] = [rowsOf(4_000, 1), rowsOf(4_000, 2)];
const predictFresh = (body: Parameters<typeof predictTrees>[0], rows = fresh) =>
  predictTrees(body, rows.x.values, rows.x.rows, rows.x.width);

test("boosting and a forest find what features say together", () => {
  // Who knows the formula is right in about 77 of 100 rows.
  const { body, importance } = fitBoosted(learn, { ...boostDefaults, rounds: 150, rate: 0.1 });
  expect(accuracyOf(predictFresh(body), fresh)).toBeGreaterThan(0.72);
  expect(importance.slice(0, 3).every((share) => share > 0.15)).toBe(true);
  expect(importance.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  const forest = fitForest(learn, { ...forestDefaults, trees: 60, leafWeightMin: 10 });
  expect(accuracyOf(predictFresh(forest.body), fresh)).toBeGreaterThan(0.7);
});

test("the first split of a tree is the best one there is", () => {
  // Four rows on a line: parting the middle gains most. Derivatives at probability 1/2 are -1/2, -1/2, 1/2, 1/2, and 1/4 each.
  const values = Float32Array.of(1, 2, 3, 4);
  const rows = {
    x: { values, rows: 4, width: 1 },
    y: Float32Array.of(1, 1, 0, 0),
    weights: new Float32Array(4).fill(1),
  };
  const options = {
    ...boostDefaults,
    rounds: 1,
    rate: 1,
    depthMax: 1,
    childWeightMin: 0,
    l2: 1,
    rowShare: 1,
    featureShare: 1,
  };
  const { body } = fitBoosted(rows, options);
  expect([body.feature[0], body.threshold[0]]).toEqual([0, 2.5]);
  // A leaf is -sum of first / (sum of second + l2) = 1 / (0.5 + 1).
  expect(body.value.slice(1).map((value) => Number(value.toFixed(9)))).toEqual([0.666666667, -0.666666667]);
});

test("the same rows and seed give the same bits, another seed others", () => {
  const options = { ...boostDefaults, rounds: 20 };
  expect(fitBoosted(learn, options)).toEqual(fitBoosted(learn, options));
  expect(fitBoosted(learn, { ...options, seed: 2 }).body).not.toEqual(fitBoosted(learn, options).body);
  const forest = { ...forestDefaults, trees: 5 };
  expect(fitForest(learn, forest)).toEqual(fitForest(learn, forest));
});

test("training ends when rows it does not learn from say so, and keeps what was best there", () => {
  const noise = rowsOf(600, 3);
  const random = new Prng(4);
  const shuffled = { ...noise, y: noise.y.map(() => (random.next() < 0.5 ? 1 : 0)) };
  const { rounds, heldLosses } = fitBoosted(shuffled, { ...boostDefaults, rate: 0.3, patience: 10 }, fresh);
  expect(heldLosses.length).toBeLessThan(boostDefaults.rounds);
  expect(heldLosses.indexOf(Math.min(...heldLosses)) + 1).toBe(rounds);
});

test("rows without a value go where they fit, and one without any still has an answer", () => {
  const [some, others] = [rowsOf(4_000, 5, 5, 0.2), rowsOf(4_000, 6, 5, 0.2)];
  const { body } = fitBoosted(some, { ...boostDefaults, rounds: 150, rate: 0.1 });
  expect(accuracyOf(predictFresh(body, others), others)).toBeGreaterThan(0.65);
  const nothing = predictTrees(body, new Float32Array(5).fill(Number.NaN), 1, 5);
  expect(nothing[0]).toBeGreaterThan(0);
  expect(nothing[0]).toBeLessThan(1);
});

test("where a feature may only push up, a larger value never lowers a probability", () => {
  const { body } = fitBoosted(learn, { ...boostDefaults, rounds: 60, rate: 0.2, monotone: [1, 0, 0, 0, -1] });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 6 }),
      (drawn) => {
        const row = Float32Array.from(drawn.slice(0, 5));
        const by = Math.abs(drawn[5]!);
        const raised = row.with(0, row[0]! + by);
        const lowered = row.with(4, row[4]! - by);
        const [here, up, down] = [row, raised, lowered].map((values) => predictTrees(body, values, 1, 5)[0]!);
        return up! >= here! && down! >= here!;
      },
    ),
  );
});

test("leaf by leaf, a tree has no more leaves than it may", () => {
  const { body } = fitBoosted(learn, { ...boostDefaults, rounds: 3, depthMax: 30, leavesMax: 7 });
  for (const [k, root] of body.roots.entries()) {
    const end = body.roots[k + 1] ?? body.feature.length;
    expect(body.feature.slice(root, end).filter((feature) => feature < 0)).toHaveLength(7);
  }
});

test("bins part values where the trees do: a value is right of an edge exactly when its bin is", () => {
  fc.assert(
    fc.property(
      fc.array(fc.float({ noDefaultInfinity: true }), { minLength: 2, maxLength: 600 }),
      (drawn) => {
        const values = Float32Array.from(drawn);
        const x = { values, rows: values.length, width: 1 };
        const bins = binFeatures(x, binsMemory(x.rows, 1, 1), new Team(teamMemory(1), 0));
        return values.every((value, row) => {
          const bin = binAt(bins, row, 0);
          return Number.isNaN(value)
            ? bin === missingBin
            : bins.edges[0]!.every((edge, k) => value >= edge === bin > k);
        });
      },
    ),
  );
});
