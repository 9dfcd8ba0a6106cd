import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runKiwi, temporaryFolder } from "../../../../test/run-kiwi.ts";
import { Prng } from "../../../base/prng.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const kiwi = (...args: readonly string[]) => runKiwi(folder, args);
const market = ["--data", "synthetic:bars=1700", "--seed", "7"] as const;
const quick = ["--horizon", "2", "--folds", "2", "--set", "training.forest.trees=4", "--json"] as const;

type Trained = {
  readonly models: readonly {
    readonly search: {
      readonly setting: Readonly<Record<string, number>>;
      readonly trials: number;
      readonly best: readonly { readonly trial: number; readonly value: number }[];
      readonly path: string;
    };
    readonly model: { readonly artifact: { readonly settings: Readonly<Record<string, unknown>> } };
  }[];
};

async function searched(args: readonly string[]) {
  const { code, out, err } = await kiwi(
    "train",
    "forest",
    ...market,
    "--to",
    "2022-03-01",
    ...quick,
    ...args,
  );
  expect([code, err]).toEqual([0, ""]);
  const [model] = (JSON.parse(out) as Trained).models;
  return { ...model!, table: readFileSync(model!.search.path, "utf8") };
}

test("a model is trained with the best of what was tried before its judge, and says so", async () => {
  const flags = ["--search", "3", "--method", "random", "--set", "training.forest.depthMax=3"];
  const { search, table, model } = await searched(flags);
  // What the configuration sets is not searched.
  expect(Object.keys(search.setting)).toEqual(["leafWeightMin", "featuresPerNode"]);
  expect(table.trim().split("\n")).toHaveLength(4);
  expect(model.artifact.settings).toMatchObject({
    depthMax: 3,
    trees: 4,
    // What was found stands in the model, so that it can be made again.
    ...search.setting,
    search: `random, 3 trials, best ${search.best[0]!.trial}`,
  });
});

test("a trial that takes too long is given up, and where all do it is said", async () => {
  const args = ["--search", "2", "--trial-seconds", "0.1", "--set", "training.forest.trees=2000"];
  const { code, err } = await kiwi("train", "forest", ...market, ...quick.slice(0, 4), ...args);
  expect(code).not.toBe(0);
  expect(err).toMatch(/none of 2 trials came to anything[\s\S]*JOB_TIME_LIMIT/);
});

test("what cannot be searched is said with the way out", async () => {
  const method = await kiwi("train", "forest", ...market, "--method", "random");
  expect(method.err).toContain("together with --search");
  const pinned = ["depthMax=3", "leafWeightMin=50", "featuresPerNode=2"].flatMap((one) => [
    "--set",
    `training.forest.${one}`,
  ]);
  const nothing = await kiwi("train", "forest", ...market, "--search", "5", ...pinned);
  expect(nothing.err).toMatch(/nothing of forest is left to search/);
  const direction = await kiwi("train", "boosted", ...market, "--set", "training.boosted.monotone.rsii=up");
  expect(direction.err).toMatch(/names the feature rsii/);
});

type Explained = { readonly features: readonly { readonly rise: number }[] };

test("a model says what each feature adds to an answer, and which features it needs", async () => {
  expect(existsSync(join(folder, ".kiwi", "models", "forest-SYN1-1h"))).toBe(true);
  const explain = (...args: readonly string[]) =>
    kiwi("model", "explain", "forest-SYN1-1h", ...market, ...args);
  expect((await explain("--at", "2022-03-05T10:30")).out).toMatch(
    /closes 2022-03-05T11:00.* up with [\s\S]*before any feature[\s\S]*others[\s\S]*sum/,
  );
  expect((await explain("--at", "2031-01-01")).err).toMatch(/has no bar at 2031/);
  // Where nothing can be known nothing is needed: a market that takes back most of each move has something.
  const path = join(folder, "BACK-1h.csv");
  writeFileSync(path, swingingRows(1_700));
  const training = ["--data", path, "--to", "2022-03-01", "--horizon", "1", ...quick.slice(2)];
  const { code } = await kiwi("train", "forest", ...training);
  expect(code).toBe(0);
  const { out } = await kiwi("model", "explain", "forest-BACK-1h", "--data", path, "--json");
  const rises = (JSON.parse(out) as Explained).features.map(({ rise }) => rise);
  expect(rises[0]).toBeGreaterThan(0.01);
  expect(rises[0]).toBeGreaterThan(rises.at(-1)!);
});

/** Hours of a price that takes back nine tenths of every move. */
function swingingRows(count: number): string {
  const prng = new Prng(20_261_130);
  let [close, move] = [100, 0];
  const rows = Array.from({ length: count }, (_, hour) => {
    const open = close;
    move = -0.9 * move + 0.005 * prng.normal();
    close = open * Math.exp(move);
    const [high, low] = [Math.max(open, close) * 1.001, Math.min(open, close) * 0.999];
    return [new Date(Date.UTC(2022, 0, 1, hour)).toISOString(), open, high, low, close, 100].join();
  });
  return `time,open,high,low,close,volume\n${rows.join("\n")}\n`;
}
