import { afterAll, expect, test } from "vitest";
import { Prng } from "../../../base/prng.ts";
import { plainFitters } from "../../../learning/predictors/tree-fitters.ts";
import { boostDefaults } from "../../../learning/trees/boost.ts";
import type { Labelled } from "../../../learning/trees/labelled.ts";
import { forestDefaults } from "../../../learning/trees/forest.ts";
import { treeThreads } from "./tree-threads.ts";

const seed = 11;

/** Rows of noise with missing values, in which a few features decide. */
function rowsOf(rows: number, width: number): Labelled {
  const random = new Prng(seed);
  const values = Float32Array.from({ length: rows * width }, () =>
    random.next() < 0.05 ? Number.NaN : random.normal(),
  );
  const y = Float32Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = [0, 1, 9].map((feature) => values[row * width + feature] || 0) as [
      number,
      number,
      number,
    ];
    return random.next() < 1 / (1 + Math.exp(-a - 2 * b * c)) ? 1 : 0;
  });
  const weights = Float32Array.from({ length: rows }, () => 0.5 + random.next());
  return { x: { values, rows, width }, y, weights };
}

const [rows, held] = [rowsOf(800, 11), rowsOf(200, 11)];
const opened = [2, 8].map((threads) => ({ threads, team: treeThreads(threads, 0) }));
afterAll(async () => void (await Promise.all(opened.map(({ team }) => team.close()))));

test.each([
  ["level by level", {}],
  ["leaf by leaf", { depthMax: 12, leavesMax: 9, l1: 0.5 }],
  ["with features that may only push one way", { monotone: [1, 0, -1] as const }],
])(`boosting %s grows the same bytes on any number of threads (seed ${seed})`, async (_, changes) => {
  const options = { ...boostDefaults, rounds: 8, patience: 5, rate: 0.3, childWeightMin: 5, ...changes };
  const alone = await plainFitters.boosted(rows, options, held, () => {});
  for (const { team } of opened) expect(await team.boosted(rows, options, held, () => {})).toEqual(alone);
});

test("a forest is the same whoever grows which of its trees, and says how far it is", async () => {
  const options = { ...forestDefaults, trees: 13, leafWeightMin: 5 };
  const alone = await plainFitters.forest(rows, options, () => {});
  for (const { team } of opened) expect(await team.forest(rows, options, () => {})).toEqual(alone);
});

test("where one thread fails, the others do not wait for it", async () => {
  const broken = { ...rows, y: rows.y.subarray(1) };
  await expect(
    opened[0]!.team.boosted(broken, { ...boostDefaults, rounds: 2 }, null, () => {}),
  ).rejects.toThrow("every row has its outcome");
});
