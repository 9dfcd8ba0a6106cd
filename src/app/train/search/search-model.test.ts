import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../../test/run-kiwi.ts";
import { marketBars } from "../../../../test/training-bars.ts";
import { featureSets } from "../../../features/feature-sets.ts";
import { runConfigSchema } from "../../config/run-config.ts";
import { trainingConfigSchema } from "../../config/training-config.ts";
import { calendarOf } from "../model-bars.ts";
import { hasRedis, OwnRedis } from "../../../../test/redis-server.ts";
import { serveWork } from "../../queue/serve-work.ts";
import { trainingCodeVersion } from "../training-hash.ts";
import { searchModel } from "./search-model.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

const bars = marketBars(1_500);

async function searchOn(jobs: number, queue?: string, codeVersion = trainingCodeVersion(), trials = 18) {
  const found = await searchModel(
    {
      folder,
      name: "forest",
      family: "forest",
      size: "small",
      training: trainingConfigSchema.parse({ forest: { trees: 3 } }),
      bars,
      calendar: calendarOf(bars, runConfigSchema.parse({})),
      set: featureSets.medium,
      label: { kind: "direction", horizonBars: 2, moveMin: 0 },
      folds: 2,
      calibration: "beta",
      seed: 7,
      codeVersion,
      createdMs: Date.UTC(2024, 0, 1),
      dataKind: "synthetic",
      jobs,
      onProgress: () => {},
      say: () => {},
    },
    // Two rounds: those of the second depend on what became of the first.
    { trials, method: "tpe", queue },
  );
  return { ...found, table: readFileSync(found.path, "utf8") };
}

test("a search over a model finds the same on 1, 2 and 8 threads, and every trial is counted once", async () => {
  const one = await searchOn(1);
  for (const jobs of [2, 8]) {
    const { table, best, setting } = await searchOn(jobs);
    expect({ table, best, setting }).toEqual({ table: one.table, best: one.best, setting: one.setting });
  }
  // A heading, and one line for each trial; the best has the least loss of all.
  const lines = one.table
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  expect(lines).toHaveLength(19);
  const losses = lines.slice(1).map((line) => Number(line[lines[0]!.indexOf("logLoss")]));
  expect(new Set(losses).size).toBeGreaterThan(9);
  expect(-one.best[0]!.value!).toBeCloseTo(Math.min(...losses), 12);
  const ledger = readFileSync(join(folder, ".kiwi", "trials.jsonl"), "utf8")
    .trim()
    .split("\n");
  const hashes = new Set(ledger.flatMap((line) => (JSON.parse(line) as { trials: string[] }).trials));
  expect(hashes.size).toBe(18);
}, 120_000);

test.skipIf(!hasRedis)(
  "workers of a queue find what threads here find, and one of other code takes nothing",
  async () => {
    const redis = await OwnRedis.open();
    const over = new AbortController();
    const serving = serveWork(redis.url, 2, () => {}, over.signal);
    try {
      const own = trainingCodeVersion();
      const [here, there] = [await searchOn(2, undefined, own, 4), await searchOn(2, redis.url, own, 4)];
      expect({ ...there, path: "" }).toEqual({ ...here, path: "" });
      // Who asks is of other code than the worker, which ends.
      await expect(Promise.race([serving, searchOn(1, redis.url, "other", 1)])).rejects.toMatchObject({
        parts: { code: "WORKER_OTHER_CODE" },
      });
    } finally {
      over.abort();
      await serving.catch(() => {});
      await redis.close();
    }
  },
  120_000,
);
