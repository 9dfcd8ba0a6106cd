import { resolve } from "node:path";
import type { z } from "zod";
import { countTrials, ledgerPathOf, recordTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { renderTerminal } from "../../analysis/report/terminal/render-terminal.ts";
import { sha256 } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import type { ParamValue } from "../../domain/params.ts";
import type { Trade } from "../../domain/trade.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { resolveConfig } from "../config/resolve-config.ts";
import type { kiwiConfigSchema } from "../config/config-schema.ts";
import { findStrategy, type FoundStrategy } from "../plugins/find-strategy.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { loadedTables } from "./loaded-tables.ts";
import { finishRun, type FinishedRun } from "../runs/finish-run.ts";
import type { ReportFunnel } from "../../analysis/report/report-input.ts";
import { prepareRun, type PreparedRun } from "../runs/prepare-run.ts";

/** What a program wants to know. */
export type BacktestQuestion = {
  /** The strategy itself, the name of a built-in one, or the path of a file. */
  readonly strategy: AnyStrategy | string;
  /** Paths as `--data` takes them, or tables of bars, one per symbol. */
  readonly data: string | readonly string[] | readonly Bars[];
  /** Tables of bars that are made up: everything that is shown of them says so. */
  readonly isSynthetic?: true;
  readonly params?: Readonly<Record<string, ParamValue>>;
  /** Anything that `kiwi.config.jsonc` may say; that file itself is not read. */
  readonly config?: Omit<z.input<typeof kiwiConfigSchema>, "data" | "strategy">;
  /** Relative paths start here, and trials are counted here: the working folder where it is left out. */
  readonly folder?: string;
};

/** What came out. */
export type BacktestAnswer = {
  readonly metrics: MetricsReport;
  readonly trades: readonly Trade[];
  /** Equity at every bar, and when that bar closed. */
  readonly equity: Float64Array;
  readonly timeMs: Float64Array;
  readonly funnel: ReportFunnel;
  /** SHA-256 over every decision, order and fill. */
  readonly decisionsHash: string;
  readonly warnings: readonly string[];
  /** The summary that a terminal shows. */
  readonly text: () => string;
  /** The whole report as one page of HTML. */
  readonly html: () => Promise<string>;
};

/** Runs a backtest for a program. It counts among the trials on its data, and nothing else is kept. Throws `KiwiError`. */
export async function runProgram(question: BacktestQuestion): Promise<BacktestAnswer> {
  const prepared = await prepareQuestion(question);
  const { folder, nowMs } = prepared.request;
  const ledger = ledgerPathOf(folder);
  const startedMs = performance.now();
  const finished = finishRun(prepared, {
    runId: `program-${sha256(`${process.pid} ${startedMs}`).slice(0, 12)}`,
    command: "backtest() in a program",
    countTrials: (trial) => countTrials(ledger, trial),
    startedMs,
    nowMs: () => performance.now(),
    onStage: () => {},
  });
  recordTrials(ledger, {
    timeMs: nowMs,
    runId: finished.input.meta.runId,
    strategy: prepared.setup.strategy.name,
    ...finished.tried,
  });
  return answerOf(finished, prepared.warnings);
}

function answerOf({ result, input }: FinishedRun, warnings: readonly string[]): BacktestAnswer {
  const { log, metrics, trades, funnel, decisionsHash } = result;
  return {
    metrics,
    trades,
    equity: log.equity.slice(0, log.length),
    timeMs: log.timeMs.slice(0, log.length),
    funnel,
    decisionsHash,
    warnings,
    text: () => renderTerminal(input, { color: false }),
    async html() {
      const { renderHtml } = await import("../../analysis/report/render-html.ts");
      return renderHtml(input);
    },
  };
}

/** Loads what a question names and checks that it fits together, as the command line does. */
export async function prepareQuestion({
  strategy,
  data,
  params = {},
  config: settings = {},
  folder = ".",
  isSynthetic,
}: BacktestQuestion): Promise<PreparedRun> {
  const here = resolve(folder);
  const given: readonly (string | Bars)[] = typeof data === "string" ? [data] : data;
  const paths = given.filter((one) => typeof one === "string");
  const tables = given.filter((one) => typeof one !== "string");
  const { config } = await resolveConfig({
    folder: here,
    env: {},
    file: null,
    // A report costs a grid of runs; a program that wants one asks for it.
    flags: layerOf({ costGrid: false, capacity: false, ...settings, data: paths }),
  });
  const registry = await loadRegistry(here, config.plugins);
  const found: FoundStrategy =
    typeof strategy === "string"
      ? await findStrategy(here, strategy, config.plugins, registry)
      : { strategy, file: null, ownFiles: [], sourceText: sourceOf(strategy), registry };
  const name = typeof strategy === "string" ? strategy : strategy.name;
  const request = { folder: here, strategy: name, params, config, nowMs: Date.now() };
  return prepareRun(
    request,
    found,
    tables.length === 0 ? {} : { loaded: loadedTables(tables, config, isSynthetic === true) },
  );
}

/** Who changes a strategy in a program and runs it again has tried another one. */
function sourceOf(strategy: AnyStrategy): string {
  return [strategy.setup, strategy.onBar, strategy.where, strategy.memory].map(String).join("\n");
}

function layerOf(values: Readonly<Record<string, unknown>>) {
  return {
    values,
    originOf: (path: readonly string[]) => ({ kind: "flag", label: path.join(".") }) as const,
  };
}
