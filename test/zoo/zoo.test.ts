import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Finding, FindingKind } from "../../src/analysis/checks/check-result.ts";
import type { CheckResults } from "../../src/app/checks/check-order.ts";
import { checkJob } from "../../src/app/checks/run-checks.ts";
import { openPool } from "../../src/jobs/open-pool.ts";
import { runConfigSchema } from "../../src/app/config/run-config.ts";
import { syntheticMarket } from "../../src/data/synthetic/synthetic-market.ts";
import { zooMarket } from "./zoo-market.ts";

const bars = syntheticMarket(zooMarket).bars;
/** What shows itself late only, or learns for long before it trades, is watched for longer. */
const late = new Set(["after-many-bars", "long-warm-up", "walk-forward-regime"]);
const longBars = syntheticMarket({ ...zooMarket, bars: 1_600 }).bars;
const config = runConfigSchema.parse({ account: { kind: "margin" } });

/** What each planted leak must be found as, and who must be blamed: a series, an event or a file. */
const expected: Readonly<Record<string, readonly [FindingKind, string]>> = {
  "adapter-import": ["access", "adapter-import.ts"],
  "after-many-bars": ["column", "feature"],
  "backfilled-start": ["column", "feature"],
  "built-in-module": ["access", "built-in-module.ts"],
  "centred-mean": ["column", "feature"],
  chance: ["access", "chance.ts"],
  clock: ["access", "clock.ts"],
  "day-high-at-open": ["column", "high"],
  "day-volume-early": ["column", "volume"],
  "early-merge": ["column", "merged"],
  environment: ["access", "environment.ts"],
  "fetched-prices": ["access", "fetched-prices.ts"],
  "fitted-scaler": ["access", "fitted-scaler.ts"],
  "fold-maximum": ["decision", "signal"],
  "forward-backward-filter": ["column", "feature"],
  "future-file": ["access", "future-file.ts"],
  "future-volatility": ["decision", "signal"],
  "global-registry": ["state", "signal"],
  "helper-reads-file": ["access", "helpers/read-prices.ts"],
  "interpolated-gaps": ["column", "feature"],
  "label-as-feature": ["column", "feature"],
  "last-bar": ["decision", "signal"],
  "late-import": ["access", "late-import.ts"],
  "next-close": ["column", "feature"],
  "one-candle": ["decision", "signal"],
  "other-symbol": ["column", "ahead"],
  "parameter-region": ["column", "other"],
  "rare-day": ["decision", "signal"],
  "regenerated-market": ["copy", "target"],
  "shared-memory": ["state", "signal"],
  "smoothed-regime": ["column", "feature"],
  "state-between-runs": ["state", "signal"],
  "stop-at-next-low": ["decision", "order"],
  stopwatch: ["access", "stopwatch.ts"],
  "target-copy": ["column", "feature"],
  timer: ["access", "timer.ts"],
  viterbi: ["column", "feature"],
  "whole-sample-range": ["column", "feature"],
  "whole-sample-rank": ["column", "feature"],
  "whole-sample-z-score": ["column", "feature"],
};
/** Those that need two symbols; one is enough for the others. */
const pairs = new Set(["other-symbol", "other-symbol-now", "shared-account", "stateful-memory"]);

type Verdict = { readonly name: string; readonly findings: readonly Finding[] };

async function watch(folder: "leaks" | "clean"): Promise<readonly Verdict[]> {
  const directory = join(import.meta.dirname, folder);
  const names = readdirSync(directory)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  // Two processes at a time: the machine may have no more cores.
  const checkers = openPool("process", 2, { environment: {} });
  const verdicts = await Promise.all(
    names.map(async (name): Promise<Verdict> => {
      const shown = pairs.has(name) ? bars : (late.has(name) ? longBars : bars).slice(0, 1);
      const strategy = { file: join(directory, `${name}.ts`) };
      const request = { strategy, params: {}, bars: shown, config };
      const result = await checkers.perform(checkJob, { check: "lookahead", request });
      return { name, findings: (result as CheckResults["lookahead"]).findings };
    }),
  ).finally(() => checkers.close());
  return verdicts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function table(verdicts: readonly Verdict[]): string {
  const line = ({ name, findings }: Verdict) => {
    const kinds = [...new Set(findings.map(({ kind }) => kind))].join(" ");
    return `${name.padEnd(24)} ${kinds.padEnd(15)} ${findings[0]?.sentence ?? "-"}`;
  };
  return verdicts.map(line).join("\n");
}

function isFound({ name, findings }: Verdict): boolean {
  const [kind, culprit] = expected[name]!;
  return findings.some((one) => one.kind === kind && one.culprit.endsWith(culprit));
}

test("every planted leak is found, called what it is, and the culprit is named", async () => {
  const verdicts = await watch("leaks");
  console.log(table(verdicts));
  expect(verdicts.map(({ name }) => name)).toEqual(Object.keys(expected));
  expect(verdicts.length).toBeGreaterThanOrEqual(24);
  expect(verdicts.filter((verdict) => !isFound(verdict))).toEqual([]);
});

test("no look-alike is accused of anything", async () => {
  const verdicts = await watch("clean");
  console.log(table(verdicts));
  expect(verdicts.length).toBeGreaterThanOrEqual(24);
  expect(verdicts.filter(({ findings }) => findings.length > 0)).toEqual([]);
});
