import type { CostPoint, ReportCheck, ReportInput } from "../analysis/report/report-input.ts";
import type { RunHashes } from "../adapters/stores/runs/run-manifest.ts";
import { sha256 } from "../base/hash.ts";
import { codeHash, fileHash, kiwiVersion } from "./code-identity.ts";
import { configDifferences, textOf } from "./config-diff.ts";
import { kiwiConfigSchema } from "./config-schema.ts";
import { dataQuality } from "./data-quality.ts";
import { costSensitivity, executeRun, type ExecuteOptions } from "./execute-run.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { reportInputOf } from "./report-input.ts";
import type { BacktestResult } from "./run-backtest.ts";
import { configHash, dataHash } from "./run-hashes.ts";
import { refuseOnlyWarmup } from "./warmup-need.ts";
import { withTrialCount } from "./with-trial-count.ts";

/** A run with everything that is to be said about it. */
export type FinishedRun = {
  readonly result: BacktestResult;
  readonly input: ReportInput;
  readonly hash: RunHashes;
  /** What was tried, apart from the data: equal for a run and its repetition. */
  readonly trialHash: string;
};

export type FinishOptions = Omit<ExecuteOptions, "withBenchmark"> & {
  /** Chosen before the run, for the report carries it. */
  readonly runId: string;
  /** What was typed, to be shown. */
  readonly command: string;
  /** How many different things were tried on these data, this one included. */
  readonly countTrials: (trial: { readonly dataHash: string; readonly trialHash: string }) => number;
  /** Checks that were made on the strategy; those that are not among them were not made. */
  readonly checks?: readonly ReportCheck[];
  readonly startedMs: number;
  readonly nowMs: () => number;
  readonly onStage: (name: string) => void;
};

/** Bars up to which the run is repeated at other costs without being asked to. */
const costGridBarsMax = 200_000;

/** Runs what was prepared, and gathers everything that its report says. */
export function finishRun(prepared: PreparedRun, options: FinishOptions): FinishedRun {
  const { setup, loaded, detail, found, request } = prepared;
  const { config } = request;
  options.onStage("backtest");
  const raw = executeRun(setup, { ...options, withBenchmark: config.benchmark });
  refuseOnlyWarmup(raw);
  const read = [...loaded.sources, ...detail];
  const hash: RunHashes = {
    data: dataHash(read.map(({ bars }) => bars)),
    config: configHash(setup, setup.params, config.seed),
    code: codeHash(found.ownFiles),
    decisions: raw.decisionsHash,
  };
  const trialHash = sha256([hash.config, ...found.ownFiles.map(fileHash)].join());
  const trialCount = options.countTrials({ dataHash: hash.data, trialHash });
  const result = { ...raw, metrics: withTrialCount(raw.metrics, trialCount) };
  options.onStage("data check");
  const quality = dataQuality(read, [...raw.ground.calendars, ...raw.ground.calendars]);
  const costs = costPoints(prepared, options);
  const symbols = setup.bars.map(({ symbol }) => symbol);
  const input = reportInputOf(result, {
    runId: options.runId,
    title: `${setup.strategy.name} on ${symbols.slice(0, 3).join(", ")}${symbols.length > 3 ? ` and ${symbols.length - 3} more` : ""}`,
    dataKind: loaded.dataKind,
    dataHash: hash.data,
    configHash: hash.config,
    codeHash: hash.code,
    seed: config.seed,
    command: options.command,
    kiwiVersion: kiwiVersion(),
    nodeVersion: process.version,
    wallMs: options.nowMs() - options.startedMs,
    sources: quality.sources,
    warnings: [...prepared.warnings, ...quality.warnings],
    checks: [{ id: "data", pass: quality.isSound }, ...checksOf(options.checks ?? [])],
    configDiff: configDifferences(kiwiConfigSchema.parse({}), config).map(
      ({ path, after }) => `${path} = ${textOf(after)}`,
    ),
    ...(costs === null ? {} : { costSensitivity: costs }),
  });
  return { result, input, hash, trialHash };
}

function checksOf(made: readonly ReportCheck[]): readonly ReportCheck[] {
  return ["lookahead", "warmup", "repro"].map(
    (id) => made.find((check) => check.id === id) ?? { id, pass: null },
  );
}

function costPoints({ setup, request }: PreparedRun, options: FinishOptions): readonly CostPoint[] | null {
  const { costGrid, report } = request.config;
  const barCount = setup.bars.reduce((sum, bars) => sum + bars.length, 0);
  if (!(costGrid ?? (report.includes("html") && barCount < costGridBarsMax))) return null;
  options.onStage("costs");
  return costSensitivity(setup, options.onBar === undefined ? {} : { onBar: options.onBar });
}
