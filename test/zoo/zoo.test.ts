import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { FindingKind } from "../../src/analysis/checks/check-result.ts";
import { startCheckProcess } from "../../src/app/checks/start-check-process.ts";
import { runConfigSchema } from "../../src/app/run-config.ts";
import { syntheticMarket } from "../../src/data/synthetic/synthetic-market.ts";
import { zooMarket } from "./zoo-market.ts";

const bars = syntheticMarket(zooMarket).bars;
const config = runConfigSchema.parse({ account: { kind: "margin" } });

/** What each planted leak must be found as. */
const expected: Readonly<Record<string, FindingKind>> = {
  "adapter-import": "access",
  "after-many-bars": "column",
  "backfilled-start": "column",
  "built-in-module": "access",
  "centred-mean": "column",
  chance: "access",
  clock: "access",
  "day-high-at-open": "column",
  "day-volume-early": "column",
  "early-merge": "column",
  environment: "access",
  "fetched-prices": "access",
  "fitted-scaler": "access",
  "fold-maximum": "decision",
  "forward-backward-filter": "column",
  "future-file": "access",
  "future-volatility": "decision",
  "global-registry": "state",
  "helper-reads-file": "access",
  "interpolated-gaps": "column",
  "label-as-feature": "column",
  "last-bar": "decision",
  "late-import": "access",
  "next-close": "column",
  "one-candle": "decision",
  "other-symbol": "column",
  "parameter-region": "column",
  "rare-day": "decision",
  "regenerated-market": "copy",
  "shared-memory": "state",
  "state-between-runs": "state",
  "stop-at-next-low": "decision",
  stopwatch: "access",
  "target-copy": "column",
  timer: "access",
  viterbi: "column",
  "whole-sample-range": "column",
  "whole-sample-rank": "column",
  "whole-sample-z-score": "column",
};
/** Those that need two symbols; one is enough for the others. */
const pairs = ["other-symbol", "other-symbol-now", "shared-account", "stateful-memory"];

type Verdict = { readonly name: string; readonly kinds: readonly FindingKind[]; readonly first: string };

async function watch(folder: "leaks" | "clean"): Promise<readonly Verdict[]> {
  const directory = join(import.meta.dirname, folder);
  const names = readdirSync(directory)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  const verdicts: Verdict[] = [];
  const next = async (): Promise<void> => {
    const checker = startCheckProcess();
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const shown = pairs.includes(name) ? bars : bars.slice(0, 1);
      const strategy = { file: join(directory, `${name}.ts`) };
      const request = { strategy, params: {}, bars: shown, config };
      const { findings } = await checker.perform({ check: "lookahead", request });
      const kinds = [...new Set(findings.map(({ kind }) => kind))];
      verdicts.push({ name, kinds, first: findings[0]?.sentence ?? "" });
    }
    checker.stop();
  };
  // Two processes at a time: the machine may have no more cores.
  await Promise.all([next(), next()]);
  return verdicts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function table(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(({ name, kinds, first }) => `${name.padEnd(24)} ${kinds.join(" ").padEnd(16)} ${first}`)
    .join("\n");
}

test("every planted leak is found and called what it is", async () => {
  const verdicts = await watch("leaks");
  console.log(table(verdicts));
  expect(verdicts.map(({ name }) => name)).toEqual(Object.keys(expected));
  expect(verdicts.filter(({ name, kinds }) => !kinds.includes(expected[name]!))).toEqual([]);
});

test("no look-alike is accused of anything", async () => {
  const verdicts = await watch("clean");
  expect(verdicts.length).toBeGreaterThanOrEqual(24);
  expect(verdicts.filter(({ kinds }) => kinds.length > 0)).toEqual([]);
});
