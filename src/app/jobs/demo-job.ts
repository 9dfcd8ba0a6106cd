import { z } from "zod";
import { join, resolve } from "node:path";
import { assert } from "../../base/assert.ts";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import { setImmediate } from "node:timers/promises";
import { regimeAccuracy, type RegimeAccuracy } from "../../analysis/selection/regime-accuracy.ts";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { BacktestResult } from "../runs/run-backtest.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { tradesCsv } from "../../analysis/report/trades-csv.ts";
import { checkRequestOf } from "../runs/check-request-of.ts";
import { parseOnce } from "../../base/parse-once.ts";
import { kiwiConfigSchema } from "../config/config-schema.ts";
import { dataQuality, type DataQuality } from "../bars/data-quality.ts";
import { executeRun } from "../runs/execute-run.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { finishRun, withChecks } from "../runs/finish-run.ts";
import { prepareRun, type PreparedRun } from "../runs/prepare-run.ts";
import { strategies as allStrategies } from "../plugins/registry.ts";
import type { Ground } from "../session/backtest-setup.ts";
import { layGround } from "../session/build-session.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { artifactFiles, runDocument } from "./run-document.ts";
import { makeChecks } from "./make-checks.ts";
import { htmlOf } from "./store-run.ts";

/** One that follows a trained model has nothing to follow here: the demo trains none. */
const strategies = allStrategies.filter((strategy) => !("model" in strategy.params));

/** The strategy that is checked and reported on: chosen before anything ran, and not for its result. */
const shown = "meta";
const symbols = 3;
/** Three years of hours. */
const usualBars = 26_280;
/** Bars of each symbol that the checks look at. */
const checkedBars = 3_000;

const request = z.strictObject({
  folder: z.string(),
  out: z.string(),
  seed: z.int(),
  nowMs: z.number(),
  /** Bars of each symbol. */
  bars: z.number().optional(),
});
export type DemoInput = z.output<typeof request>;
export type DemoRow = { readonly strategy: string; readonly metrics: MetricsReport };
export type DemoOutput = {
  readonly rows: readonly DemoRow[];
  readonly shown: string;
  readonly checks: readonly CheckResult[];
  /** How often the regime was told rightly: the market is made up, so the truth is known. */
  readonly regimes: RegimeAccuracy | null;
  readonly artifacts: Readonly<Record<string, string>>;
  readonly decisionsHash: string;
};

/** Runs everything once on a made-up market. `check` makes the checks. */
export async function performDemo(
  input: DemoInput,
  context: JobContext,
  check = makeChecks,
): Promise<DemoOutput> {
  const startedMs = performance.now();
  const prepared = await preparedFor(input);
  const { setup } = prepared;
  const quality = checkData(prepared, context);
  const checking = await beginChecks(prepared, check, context);
  // Columns, and with them trained models, depend on the bars alone: every run of the demo stands on the same ground.
  const ground = layGround(setup.bars, setup.config, setup.timeframe);
  const { rows, ran } = await runAll(prepared, ground, context);
  const stage = beginStage(context, "report");
  const run = finishRun(prepared, {
    ground,
    ran,
    quality,
    runId: `demo-seed-${input.seed}`,
    command: `kiwi demo --seed ${input.seed}`,
    countTrials: () => ({ count: strategies.length, warnings: [] }),
    startedMs,
    nowMs: () => performance.now(),
    onStage: () => {},
  });
  const checks = await checking.results;
  const finished = withChecks(
    run,
    checks.map(({ id, pass }) => ({ id, pass })),
  );
  const out = resolve(input.folder, input.out);
  const artifacts = {
    html: join(input.out, artifactFiles.html),
    json: join(input.out, artifactFiles.json),
    csv: join(input.out, artifactFiles.csv),
  };
  const html = await htmlOf(finished);
  makeFolder(out);
  writeWhole(join(out, artifactFiles.html), html);
  writeWhole(
    join(out, artifactFiles.json),
    `${JSON.stringify(runDocument(finished.input, [], artifacts), null, 2)}\n`,
  );
  writeWhole(join(out, artifactFiles.csv), tradesCsv(finished.input));
  stage.end("1 page, no external files");
  const regimes = regimeAccuracy(finished.input.selection?.symbols ?? []);
  return { rows, shown, checks, regimes, artifacts, decisionsHash: finished.hash.decisions };
}

async function preparedFor({ folder, seed, nowMs, bars = usualBars }: DemoInput): Promise<PreparedRun> {
  const config = kiwiConfigSchema.parse(
    {
      data: [`synthetic:symbols=${symbols},bars=${bars},regimes=clear`],
      timeframe: "2h",
      seed,
      // Larger accounts are no question on a made-up market, and the demo is to take a minute.
      capacity: false,
    },
    parseOnce,
  );
  return prepareRun(
    { folder, strategy: shown, params: {}, config, nowMs },
    await findStrategy(folder, shown),
  );
}

function checkData(prepared: PreparedRun, context: JobContext): DataQuality {
  const stage = beginStage(context, "data check");
  const { sources } = prepared.loaded;
  const quality = dataQuality(
    sources,
    sources.map(() => calendarNamed("24/7")),
  );
  const gaps = quality.sources.reduce((sum, source) => sum + (source.gaps ?? 0), 0);
  stage.end(`${sources.length}/${symbols} symbols, ${gaps} gaps, ${quality.isSound ? "sound" : "NOT SOUND"}`);
  return quality;
}

async function runAll(
  { setup }: PreparedRun,
  ground: Ground,
  context: JobContext,
): Promise<{ readonly rows: readonly DemoRow[]; readonly ran: BacktestResult }> {
  const stage = beginStage(context, "backtests");
  const rows: DemoRow[] = [];
  let ran: BacktestResult | null = null;
  for (const strategy of strategies) {
    const isShown = strategy === setup.strategy;
    const run = isShown ? setup : { ...setup, strategy, params: {} };
    const result = executeRun(run, { withBenchmark: false, ground });
    rows.push({ strategy: strategy.name, metrics: result.metrics });
    if (isShown) ran = result;
    context.board.report(rows.length, strategies.length);
    // A check that ends in the meantime makes room for the next one.
    await setImmediate();
  }
  const barCount = setup.bars.reduce((sum, { length }) => sum + length, 0);
  stage.end(`${rows.length} strategies, ${(barCount * rows.length).toLocaleString("en")} bars`);
  assert(ran !== null, "what is reported on is among what is run");
  return { rows, ran };
}

/** Starts the checks, which run in processes of their own while this one goes on, and waits until the first have left. */
async function beginChecks(
  prepared: PreparedRun,
  check: typeof makeChecks,
  context: JobContext,
): Promise<{ readonly results: Promise<readonly CheckResult[]> }> {
  const stage = beginStage(context, "checks");
  const asked = checkRequestOf(prepared, [], checkedBars);
  const begun = Promise.withResolvers<void>();
  const results = check(asked, "all", { onBegin: () => begun.resolve() }).then((all) => {
    const answered = all.filter(({ pass }) => pass !== null);
    const passed = answered.filter(({ pass }) => pass).length;
    stage.end(`${passed}/${answered.length} passed: ${answered.map(({ id }) => id).join(", ")}`);
    return all;
  });
  await Promise.race([begun.promise, results]);
  return { results };
}

const stages = ["data check", "backtests", "checks", "report"];

/** Begins a stage; its end says one line with what came out and how long it took. */
function beginStage({ stage, say }: JobContext, name: string): { readonly end: (text: string) => void } {
  const startedMs = performance.now();
  const number = `${stages.indexOf(name) + 1}/${stages.length}`;
  stage(`${number} ${name}`);
  return {
    end(text) {
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
      say(`  ${number} ${name.padEnd(12)} [##########] ${text.padEnd(46)} ${seconds.padStart(5)} s`);
    },
  };
}

export default defineJob({ request, perform: performDemo });
