import { jobs } from "../../../app/jobs/job-table.ts";
import { readRun, runIds, type StoredRun } from "../../../adapters/stores/runs/read-runs.ts";
import { metricDefinitions } from "../../../analysis/metrics/metric-definitions.ts";
import { metricText } from "../../../analysis/report/metric-text.ts";
import { percentText, ratioText } from "../../../analysis/report/number-text.ts";
import { KiwiError } from "../../../base/errors.ts";
import { formatTime } from "../../../base/time.ts";
import { configDifferences, textOf, type ConfigDifference } from "../../../app/config/config-diff.ts";
import type { FirstDifference } from "../../../app/runs/first-difference.ts";
import { refuseStrangersCode } from "../../../app/runs/refuse-strangers-code.ts";
import { isTrialName } from "../../../app/search/read-trial.ts";
import type { CommonFlags, ProgressFlags } from "../../declare/common-flags.ts";
import { envelope } from "../../output/json.ts";
import { pairs, table } from "../../output/table.ts";
import type { Shell } from "../../shell.ts";
import { runsFolder } from "../runs-folder.ts";
import { trialsDiffCommand } from "./trials-diff.ts";
import { withProgress } from "../with-progress.ts";

export type RunsFlags = CommonFlags & { readonly runs?: string };

type Metrics = Readonly<Record<string, number | null>>;

/** `kiwi runs list`: all runs, newest first. A run that cannot be read is named and does not hide the others. */
export async function runsListCommand(shell: Shell, flags: RunsFlags): Promise<number> {
  const root = await runsFolder(shell, flags.runs);
  const runs: StoredRun[] = [];
  for (const id of (await runIds(root)).toReversed()) {
    try {
      runs.push(await readRun(root, id));
    } catch (error) {
      if (!(error instanceof KiwiError)) throw error;
      shell.err(`warning ${id} cannot be read: ${error.parts.why}`);
    }
  }
  if (flags.json === true) shell.out(envelope("runs@1", { runs: runs.map(listed) }));
  else if (runs.length === 0) shell.out(`no runs in ${root}; make one: kiwi backtest sma-cross --data FILE`);
  else shell.out(listText(runs));
  return 0;
}

function listed({ manifest, result, folder }: StoredRun): Readonly<Record<string, unknown>> {
  const { runId, createdMs, strategyName, params, dataKind, seed, hash, sources } = manifest;
  const symbols = [...new Set(sources.map(({ symbol }) => symbol))];
  return {
    runId,
    createdMs,
    strategyName,
    params,
    symbols,
    dataKind,
    seed,
    hash,
    folder,
    metrics: result["metrics"],
  };
}

function listText(runs: readonly StoredRun[]): string {
  return table(
    [
      { title: "run" },
      { title: "strategy" },
      { title: "symbols" },
      { title: "return", align: "right" },
      { title: "drawdown", align: "right" },
      { title: "sharpe", align: "right" },
      { title: "trades", align: "right" },
      { title: "data" },
    ],
    runs.map(({ manifest, result }) => {
      const metrics = metricsOf(result);
      return [
        manifest.runId,
        manifest.strategyName,
        symbolsText(manifest.sources.map(({ symbol }) => symbol)),
        percentText(metrics["totalReturn"], { signed: true }),
        percentText(metrics["maxDrawdown"]),
        ratioText(metrics["sharpe"]),
        String(metrics["trades"] ?? 0),
        manifest.dataKind === "synthetic" ? "SYNTHETIC" : manifest.dataKind,
      ];
    }),
  );
}

function symbolsText(symbols: readonly string[]): string {
  const names = [...new Set(symbols)];
  return names.length <= 2 ? names.join(", ") : `${names[0]!} and ${names.length - 1} more`;
}

function metricsOf(result: StoredRun["result"]): Metrics {
  return (result["metrics"] ?? {}) as Metrics;
}

/** `kiwi runs show`: what a run was, and every number that came out. */
export async function runsShowCommand(shell: Shell, name: string, flags: RunsFlags): Promise<number> {
  const run = await readRun(await runsFolder(shell, flags.runs), name);
  const { manifest, result, folder } = run;
  if (flags.json === true) {
    shell.out(envelope("run@1", { folder, manifest, result }));
    return 0;
  }
  const params = Object.entries(manifest.params).map(([key, value]) => `${key}=${String(value)}`);
  shell.out(
    pairs([
      ["run", manifest.runId],
      ["made", formatTime(manifest.createdMs)],
      ["command", `kiwi ${manifest.command.join(" ")}`],
      ["strategy", `${manifest.strategyName} ${params.join(" ")}`],
      [
        "data",
        `${manifest.dataKind === "synthetic" ? "SYNTHETIC" : manifest.dataKind}: ${manifest.sources.map(({ path }) => path).join(", ")}`,
      ],
      ["kiwi", `${manifest.kiwiVersion}, Node ${manifest.nodeVersion}`],
      ...Object.entries(manifest.hash).map(([key, value]) => [`${key} hash`, value] as const),
      ["folder", folder],
    ]),
  );
  const metrics = metricsOf(result);
  shell.out("");
  shell.out(
    pairs(metricDefinitions.map(({ key, label, unit }) => [label, metricText(unit, metrics[key] ?? null)])),
  );
  return 0;
}

/** `kiwi runs diff`: settings, numbers and hashes that differ, and the first decision in which two runs part; or two trials of searches. */
export async function runsDiffCommand(
  shell: Shell,
  one: string,
  other: string,
  flags: RunsFlags & ProgressFlags & { readonly trust?: true },
): Promise<number> {
  if (isTrialName(one) && isTrialName(other)) return trialsDiffCommand(shell, one, other, flags);
  const root = await runsFolder(shell, flags.runs);
  const [before, after] = [await readRun(root, one), await readRun(root, other)];
  const sameDecisions = before.manifest.hash.decisions === after.manifest.hash.decisions;
  for (const { manifest, folder } of sameDecisions ? [] : [before, after])
    refuseStrangersCode(manifest, {
      folder: shell.folder,
      runFolder: folder,
      isTrusted: flags.trust === true,
    });
  const settings = configDifferences(settingsOf(before), settingsOf(after));
  const [old, now] = [metricsOf(before.result), metricsOf(after.result)];
  const metrics = metricDefinitions.filter(({ key }) => old[key] !== now[key]);
  const hashes = configDifferences(before.manifest.hash, after.manifest.hash);
  const { difference, changes } = sameDecisions
    ? { difference: null, changes: [] }
    : await withProgress(shell, flags, jobs.difference, [before.manifest, after.manifest]);
  for (const change of changes) shell.err(`warning ${change}`);
  const runs = [before.manifest.runId, after.manifest.runId];
  if (flags.json === true) {
    const numbers = metrics.map(({ key }) => ({ key, before: old[key] ?? null, after: now[key] ?? null }));
    shell.out(
      envelope("runs-diff@1", {
        runs,
        sameDecisions,
        difference,
        changes,
        settings,
        metrics: numbers,
        hashes,
      }),
    );
    return 0;
  }
  shell.out(`${runs[0]}  ->  ${runs[1]}`);
  shell.out(`\n${whatDiffers(hashes)}`);
  if (difference !== null) shell.out(`\n${differenceText(difference)}`);
  if (settings.length > 0) shell.out(`\n${settingsTable(settings)}`);
  if (metrics.length > 0) {
    const rows = metrics.map(({ label, key, unit }) => [
      label,
      metricText(unit, old[key] ?? null),
      metricText(unit, now[key] ?? null),
    ]);
    shell.out(
      `\n${table([{ title: "metric" }, { title: "before", align: "right" }, { title: "after", align: "right" }], rows)}`,
    );
  }
  return 0;
}

function differenceText({ timeMs, one, other }: FirstDifference): string {
  return [
    `they part at ${formatTime(timeMs)}`,
    `  before  ${one ?? "nothing"}`,
    `  after   ${other ?? "nothing"}`,
  ].join("\n");
}

/** What a run was told: its settings, its strategy with the code of it, its parameters, its files. */
function settingsOf({ manifest }: StoredRun): Readonly<Record<string, unknown>> {
  const { config, strategy, strategySha256, params, sources } = manifest;
  const files = Object.fromEntries(
    sources.map(({ path, sha256 }) => [path, sha256?.slice(0, 12) ?? "made up"]),
  );
  return { ...config, strategy, "strategy file": strategySha256?.slice(0, 12), param: params, file: files };
}

/** Which of the four hashes differ. */
function whatDiffers(hashes: readonly ConfigDifference[]): string {
  const meaning: Readonly<Record<string, string>> = {
    data: "the bars are others",
    config: "the settings are others",
    code: "the code is another",
    decisions: "the decisions are others",
  };
  const differing = ["data", "config", "code", "decisions"].filter((name) =>
    hashes.some(({ path }) => path === name),
  );
  if (differing.length === 0) return "the same bars, settings, code and decisions";
  const said = differing.map((name) => meaning[name]!).join("; ");
  return differing.includes("decisions") ? said : `${said}; the decisions are the same`;
}

function settingsTable(rows: readonly ConfigDifference[]): string {
  const shown = (value: unknown): string => (value === undefined ? "-" : textOf(value));
  return table(
    [{ title: "setting" }, { title: "before" }, { title: "after" }],
    rows.map(({ path, before, after }) => [path, shown(before), shown(after)]),
  );
}
