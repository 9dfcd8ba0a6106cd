import type {
  CapacityPoint,
  CostPoint,
  ReportCheck,
  ReportInput,
  ReportSource,
} from "../../analysis/report/report-input.ts";
import type { SelectionInput } from "../../analysis/selection/selection-input.ts";
import type { RunHashes } from "../../adapters/stores/runs/run-manifest.ts";
import type { TrialEntry } from "../../adapters/stores/runs/trial-entry.ts";
import type { TrialCount } from "../../adapters/stores/runs/trials-ledger.ts";
import { parseOnce } from "../../base/parse-once.ts";
import { externalName } from "../../domain/external-series.ts";
import { codeHash, kiwiVersion } from "../plugins/code-identity.ts";
import { configDifferences, textOf } from "../config/config-diff.ts";
import { readDay } from "../config/read-day.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import { delistingWarnings } from "./delisting-warnings.ts";
import { coarseBarWarnings } from "./coarse-bars.ts";
import { dataQuality, type DataQuality } from "../bars/data-quality.ts";
import { executeRun, type ExecuteOptions } from "./execute-run.ts";
import { planOf } from "../meta/plan-of.ts";
import { regimeTruths } from "../meta/regime-truth.ts";
import { rivalsOf } from "../meta/rivals.ts";
import { startFan } from "../meta/start-fan.ts";
import { selectionOf } from "../meta/selection-of.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { reportInputOf } from "./report-input.ts";
import { capacityOf, costSensitivity } from "./reruns.ts";
import type { BacktestResult } from "./run-backtest.ts";
import { configHash, readHash, trialHasher, triedMarkets } from "./run-hashes.ts";
import { refuseOnlyWarmup } from "../session/warmup-need.ts";
import { withTrialCount } from "./with-trial-count.ts";

/** A run with everything that is to be said about it. */
export type FinishedRun = {
  readonly result: BacktestResult;
  readonly input: ReportInput;
  readonly hash: RunHashes;
  /** What was tried, and on which bars. */
  readonly tried: Pick<TrialEntry, "markets" | "trials">;
};

export type FinishOptions = Omit<ExecuteOptions, "withBenchmark"> & {
  /** Chosen before the run, for the report carries it. */
  readonly runId: string;
  /** What was typed, to be shown. */
  readonly command: string;
  /** How many different things were tried on these bars, this one included. */
  readonly countTrials: (tried: FinishedRun["tried"]) => TrialCount;
  /** Of the bars of the run, where somebody has looked them over before. */
  readonly quality?: DataQuality;
  readonly startedMs: number;
  readonly nowMs: () => number;
  readonly onStage: (name: string) => void;
  /** How many runs of a stage that has several are done. */
  readonly onRuns?: (done: number, total: number) => void;
};

/** Bars up to which the run is repeated at other costs without being asked to. */
const costGridBarsMax = 200_000;

/** Runs what was prepared, and gathers everything that its report says. */
export function finishRun(prepared: PreparedRun, options: FinishOptions): FinishedRun {
  const { setup, loaded, detail, found, request } = prepared;
  const { config } = request;
  options.onStage("backtest");
  const raw = executeRun(setup, { ...options, withBenchmark: prepared.benchmark });
  refuseOnlyWarmup(raw);
  const read = [...loaded.sources, ...detail];
  const hash: RunHashes = {
    data: readHash(prepared),
    config: configHash(setup, setup.params, config.seed),
    code: codeHash(found.ownFiles),
    decisions: raw.decisionsHash,
  };
  const tried = { markets: triedMarkets(prepared), trials: [trialHasher(prepared)(setup.params)] };
  const trialCount = options.countTrials(tried);
  const result = { ...raw, metrics: withTrialCount(raw.metrics, trialCount.count) };
  options.onStage("data check");
  const quality = options.quality ?? dataQuality(read, [...raw.ground.calendars, ...raw.ground.calendars]);
  const costs = costPoints(prepared, raw, options);
  const capacity = capacityIn(prepared, raw, options);
  const selection = selectionIn(prepared, raw, options);
  const symbols = setup.bars.map(({ symbol }) => symbol);
  const input = reportInputOf(result, {
    runId: options.runId,
    title: `${setup.strategy.name} on ${symbols.slice(0, 3).join(", ")}${symbols.length > 3 ? ` and ${symbols.length - 3} more` : ""}`,
    dataKind: loaded.dataKind,
    dataHash: hash.data,
    configHash: hash.config,
    codeHash: hash.code,
    seed: config.seed,
    ...(config.inSampleTo === undefined
      ? {}
      : { inSampleToMs: readDay(config.inSampleTo, "--in-sample-to") }),
    command: options.command,
    kiwiVersion: kiwiVersion(),
    nodeVersion: process.version,
    wallMs: options.nowMs() - options.startedMs,
    sources: [...quality.sources, ...newsSources(prepared), ...knownSources(prepared)],
    warnings: [
      ...prepared.warnings,
      ...trialCount.warnings,
      ...delistingWarnings(raw),
      ...coarseBarWarnings(raw),
      ...quality.warnings,
    ],
    checks: [{ id: "data", pass: quality.isSound }, ...checkNames.map((id) => ({ id, pass: null }))],
    configDiff: configDifferences(kiwiConfigSchema.parse({}, parseOnce), config).map(
      ({ path, after }) => `${path} = ${textOf(after)}`,
    ),
    ...(costs === null ? {} : { costSensitivity: costs }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(selection === null ? {} : { selection }),
  });
  return { result, input, hash, tried };
}

function knownSources({ known }: PreparedRun): readonly ReportSource[] {
  return known.map(({ path, bars, quarantine }) => ({
    name: `${path} (read, not traded)`,
    symbol: bars.symbol,
    rows: bars.length,
    quarantined: quarantine?.quarantined ?? 0,
    gaps: null,
  }));
}

function newsSources({ news }: PreparedRun): readonly ReportSource[] {
  return news.map(({ path, sources, scorer, symbol, rows }) => ({
    name: `${path} (${[...sources, scorer].join(", ")})`,
    symbol: externalName("news", symbol),
    rows,
    quarantined: 0,
    gaps: null,
  }));
}

/** How the run chose, and what it has to beat; null where one strategy traded alone. */
function selectionIn(
  { loaded }: PreparedRun,
  result: BacktestResult,
  { watch, onStage, onRuns }: FinishOptions,
): SelectionInput | null {
  const plan = planOf(result.setup);
  if (plan === null) return null;
  onStage("rivals");
  const hearing = {
    ...(watch === undefined ? {} : { watch }),
    ...(onRuns === undefined ? {} : { onDone: onRuns }),
  };
  const rivals = rivalsOf(result, plan, hearing);
  onStage("later starts");
  const later = startFan(result, hearing);
  return selectionOf(result, rivals, regimeTruths(loaded.sources), later);
}

const checkNames = ["lookahead", "warmup", "repro"];

/** The same run with what checks of its strategy said; those that are not among them were not made. */
export function withChecks(finished: FinishedRun, made: readonly ReportCheck[]): FinishedRun {
  const { input } = finished;
  const checks = input.meta.checks.map((check) => made.find(({ id }) => id === check.id) ?? check);
  return { ...finished, input: { ...input, meta: { ...input.meta, checks } } };
}

/** The run with larger accounts, where it was asked for, or does not take long. */
function capacityIn(
  { setup, request }: PreparedRun,
  { ground }: BacktestResult,
  { watch, onRuns, onStage }: FinishOptions,
): readonly CapacityPoint[] | undefined {
  const { capacity, report } = request.config;
  const barCount = setup.bars.reduce((sum, bars) => sum + bars.length, 0);
  const isCheap = barCount < costGridBarsMax;
  if (!(capacity ?? (report.includes("html") && isCheap))) return undefined;
  onStage("capacity");
  return capacityOf(setup, {
    ground,
    ...(watch === undefined ? {} : { watch }),
    ...(onRuns === undefined ? {} : { onDone: onRuns }),
  });
}

function costPoints(
  { setup, request }: PreparedRun,
  { ground, metrics }: BacktestResult,
  options: FinishOptions,
): readonly CostPoint[] | null {
  const { costGrid, report } = request.config;
  const barCount = setup.bars.reduce((sum, bars) => sum + bars.length, 0);
  if (!(costGrid ?? (report.includes("html") && barCount < costGridBarsMax))) return null;
  options.onStage("costs");
  return costSensitivity(setup, {
    ground,
    own: metrics,
    ...(options.watch === undefined ? {} : { watch: options.watch }),
    ...(options.onRuns === undefined ? {} : { onDone: options.onRuns }),
  });
}
