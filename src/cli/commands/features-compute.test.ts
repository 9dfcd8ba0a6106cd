import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { DataPipeline, featureSets, FeatureStore, FetchedRangesFiles, ParquetBarStore } from "../../data.ts";
import { calendarNamed, calculateForModel, syntheticBarSource } from "../../data.ts";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { runKiwi, temporaryFolder } from "../../../test/run-kiwi.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

test("features are computed once over bars and kept, and a program reads the same ones", async () => {
  const command = ["features", "compute", "short", "--data", "synthetic:bars=400,symbols=2", "--json"];
  const first = JSON.parse((await runKiwi(folder, command)).out) as { series: readonly unknown[] };
  expect(first.series).toMatchObject([
    { symbol: "SYN1", rows: 400, firstCompleteRow: 218, kind: "computed", rowsWritten: 400 },
    { symbol: "SYN2", rows: 400, kind: "computed" },
  ]);
  expect(existsSync(join(folder, ".kiwi", "features"))).toBe(true);
  expect(JSON.parse((await runKiwi(folder, command)).out)).toMatchObject({
    series: [{ kind: "kept", rowsWritten: 0 }, { kind: "kept" }],
  });
  const table = await runKiwi(folder, command.slice(0, -1));
  expect(table.out).toMatch(/SYN1 +1h +400 +218 +kept/);
  const unknown = await runKiwi(folder, ["features", "compute", "shrt", "--data", "synthetic"]);
  expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("short")]);
});

test("a program of one's own fetches bars once and computes features of them", async () => {
  const clock = new ManualClock(Date.UTC(2022, 0, 30));
  const store = new ParquetBarStore(join(folder, "bars"));
  const ranges = new FetchedRangesFiles(join(folder, "fetched"));
  const pipeline = new DataPipeline({ source: syntheticBarSource({}, clock), store, ranges, clock });
  const bars = await pipeline.getBars("SYN1", "1h", Date.UTC(2022, 0, 1), Date.UTC(2022, 0, 20));
  // The market begins at midnight: its first hour closes at one, and the last before the end at eleven.
  expect(bars.length).toBe(19 * 24 - 1);
  const calendar = calendarNamed("24/7");
  const features = new FeatureStore({ folder: join(folder, "own"), warn: () => expect.unreachable() });
  const kept = await features.getFeatures(featureSets.short, bars, calendar);
  expect(kept.columns).toEqual(calculateForModel("short", bars, calendar).columns);
  await store.close();
});
