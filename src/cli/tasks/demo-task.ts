import { join, resolve } from "node:path";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { writeWhole } from "../../adapters/stores/runs/write-whole.ts";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { tradesCsv } from "../../analysis/report/trades-csv.ts";
import { checkRequestOf } from "../../app/runs/check-request-of.ts";
import { kiwiConfigSchema } from "../../app/config/config-schema.ts";
import { dataQuality } from "../../app/bars/data-quality.ts";
import { executeRun } from "../../app/runs/execute-run.ts";
import { findStrategy } from "../../app/plugins/find-strategy.ts";
import { finishRun } from "../../app/runs/finish-run.ts";
import { prepareRun, type PreparedRun } from "../../app/runs/prepare-run.ts";
import { strategies } from "../../app/plugins/registry.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { artifactFiles, runDocument } from "./run-document.ts";
import { makeChecks } from "./make-checks.ts";
import { htmlOf } from "./store-run.ts";

/** The strategy that is checked and reported on: chosen before anything ran, and not for its result. */
const shown = "meta";
const symbols = 3;
/** Three years of hours. */
const usualBars = 26_280;
/** Bars of each symbol that the checks look at. */
const checkedBars = 3_000;

export type DemoInput = {
  readonly folder: string;
  readonly out: string;
  readonly seed: number;
  readonly nowMs: number;
  /** Bars of each symbol. */
  readonly bars?: number;
};
export type DemoRow = { readonly strategy: string; readonly metrics: MetricsReport };
export type DemoOutput = {
  readonly rows: readonly DemoRow[];
  readonly shown: string;
  readonly checks: readonly CheckResult[];
  readonly artifacts: Readonly<Record<string, string>>;
  readonly decisionsHash: string;
};

/** Runs everything once on a made-up market. `check` makes the checks. */
export async function demoTask(
  input: DemoInput,
  context: TaskContext,
  check = makeChecks,
): Promise<DemoOutput> {
  const startedMs = performance.now();
  const prepared = await preparedFor(input, shown);
  await checkData(prepared, context);
  const rows = await runAll(input, context);
  const checks = await checkShown(prepared, check, context);
  const stage = beginStage(context, "report");
  const finished = finishRun(prepared, {
    runId: `demo-seed-${input.seed}`,
    command: `kiwi demo --seed ${input.seed}`,
    countTrials: () => strategies.length,
    checks: checks.map(({ id, pass }) => ({ id, pass })),
    startedMs,
    nowMs: () => performance.now(),
    onStage: () => {},
  });
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
  return { rows, shown, checks, artifacts, decisionsHash: finished.hash.decisions };
}

async function preparedFor(
  { folder, seed, nowMs, bars = usualBars }: DemoInput,
  strategy: string,
): Promise<PreparedRun> {
  const config = kiwiConfigSchema.parse({
    data: [`synthetic:symbols=${symbols},bars=${bars}`],
    timeframe: "2h",
    seed,
  });
  return prepareRun({ folder, strategy, params: {}, config, nowMs }, await findStrategy(folder, strategy));
}

async function checkData(prepared: PreparedRun, context: TaskContext): Promise<void> {
  const stage = beginStage(context, "data check");
  const { sources } = prepared.loaded;
  const quality = dataQuality(
    sources,
    sources.map(() => calendarNamed("24/7")),
  );
  const gaps = quality.sources.reduce((sum, source) => sum + (source.gaps ?? 0), 0);
  stage.end(`${sources.length}/${symbols} symbols, ${gaps} gaps, ${quality.isSound ? "sound" : "NOT SOUND"}`);
}

async function runAll(input: DemoInput, context: TaskContext): Promise<readonly DemoRow[]> {
  const stage = beginStage(context, "backtests");
  const rows: DemoRow[] = [];
  for (const { name } of strategies) {
    const { setup } = await preparedFor(input, name);
    rows.push({ strategy: name, metrics: executeRun(setup, { withBenchmark: false }).metrics });
    context.board.report(rows.length, strategies.length);
  }
  stage.end(
    `${rows.length} strategies, ${(symbols * (input.bars ?? usualBars) * rows.length).toLocaleString("en")} bars`,
  );
  return rows;
}

async function checkShown(
  prepared: PreparedRun,
  check: typeof makeChecks,
  context: TaskContext,
): Promise<readonly CheckResult[]> {
  const stage = beginStage(context, "checks");
  const asked = checkRequestOf(prepared, [], checkedBars);
  const results = await check(asked, "all", (_name, done) => context.board.report(done, 3));
  const answered = results.filter(({ pass }) => pass !== null);
  const passed = answered.filter(({ pass }) => pass).length;
  stage.end(`${passed}/${answered.length} passed: ${answered.map(({ id }) => id).join(", ")}`);
  return results;
}

const stages = ["data check", "backtests", "checks", "report"];

/** Begins a stage; its end says one line with what came out and how long it took. */
function beginStage({ stage, say }: TaskContext, name: string): { readonly end: (text: string) => void } {
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
