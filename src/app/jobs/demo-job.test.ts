import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { strategies } from "../plugins/registry.ts";
import { ProgressBoard } from "../../jobs/progress-board.ts";
import { performDemo } from "./demo-job.ts";

const { path: folder, remove } = temporaryFolder();
afterAll(remove);

// The demo itself, on fewer bars; the checks have tests of their own, and take seconds.
const passing = async () =>
  ["lookahead", "warmup", "repro"].map((id) => ({
    id,
    pass: true,
    findings: [],
    notes: [],
    strategyName: "",
    barsGiven: 0,
    barsCompared: 0,
    columnsCompared: 0,
  }));

test("the demo runs every strategy that needs no trained model, checks one, and leaves a report that says SYNTHETIC", async () => {
  const said: string[] = [];
  const context = {
    board: new ProgressBoard(),
    stage: () => {},
    say: (line: string) => void said.push(line),
    settle: async () => {},
  };
  const input = { folder, out: "out", seed: 42, nowMs: 0, bars: 3_000 };
  const { rows, checks, regimes, artifacts } = await performDemo(input, context, passing);
  const untrained = strategies.filter(({ params }) => !("model" in params));
  expect(rows.map(({ strategy }) => strategy)).toEqual(untrained.map(({ name }) => name));
  expect(checks.map(({ id, pass }) => [id, pass])).toEqual([
    ["lookahead", true],
    ["warmup", true],
    ["repro", true],
  ]);
  // The market is made so that regimes can be told, and told better than by a constant.
  expect(regimes!.accuracyWhereNamed!).toBeGreaterThan(0.6);
  expect(regimes!.accuracyWhereNamed!).toBeGreaterThan(regimes!.accuracyOfConstant);
  expect(said).toHaveLength(4);
  expect(said[0]).toMatch(/1\/4 data check +\[##########\] 3\/3 symbols, 0 gaps, sound/);
  expect(readFileSync(join(folder, artifacts["html"]!), "utf8")).toContain("SYNTHETIC");
  const result = JSON.parse(readFileSync(join(folder, artifacts["json"]!), "utf8")) as { trialCount: number };
  // Every strategy that was tried on these bars counts.
  expect(result.trialCount).toBe(untrained.length);
});
