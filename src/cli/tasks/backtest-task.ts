import { resolve } from "node:path";
import { freeRunId } from "../../adapters/stores/runs/run-store.ts";
import { renderTerminal } from "../../analysis/report/terminal/render-terminal.ts";
import { sha256 } from "../../base/hash.ts";
import { countTrials } from "../../adapters/stores/runs/trials-ledger.ts";
import { finishRun } from "../../app/runs/finish-run.ts";
import type { RunRequest } from "../../app/runs/run-request.ts";
import { readFailConditions, tryFailConditions, type FailOutcome } from "../flags/fail-conditions.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { prepareWatched } from "./prepare-watched.ts";
import type { RunDocument } from "./run-document.ts";
import { ledgerPathOf, storeRun } from "./store-run.ts";

export type BacktestInput = {
  readonly request: RunRequest;
  /** What was typed, word by word, without the name of the program. */
  readonly command: readonly string[];
  readonly width: number;
  readonly hasColor: boolean;
};

export type BacktestOutput = {
  readonly document: RunDocument;
  /** The summary for a terminal. */
  readonly summary: string;
  readonly warnings: readonly string[];
  readonly outcomes: readonly FailOutcome[];
};

/** Loads, runs, reports and keeps a backtest. */
export async function backtestTask(input: BacktestInput, context: TaskContext): Promise<BacktestOutput> {
  const { request, command } = input;
  const startedMs = performance.now();
  const conditions = readFailConditions(request.config.failIf);
  const prepared = await prepareWatched(request, context);
  const root = resolve(request.folder, request.config.out);
  const runId = freeRunId(root, request.nowMs, sha256(`${process.pid} ${startedMs} ${command.join(" ")}`));
  const total = Math.max(...prepared.setup.bars.map((bars) => bars.length));
  context.board.watch(true);
  const finished = finishRun(prepared, {
    runId,
    command: shownCommand(command),
    countTrials: (trial) => countTrials(ledgerPathOf(request.folder), trial),
    startedMs,
    nowMs: () => performance.now(),
    onBar: context.board.beat,
    onProgress: (done) => context.board.report(Math.min(done, total), total),
    onStage: context.stage,
  });
  context.board.watch(false);
  context.stage("report");
  const outcomes = tryFailConditions(conditions, finished.result.metrics);
  const { document, warnings } = await storeRun(prepared, finished, outcomes, command);
  const summary = renderTerminal(finished.input, { width: input.width, color: input.hasColor });
  return { document, summary, warnings, outcomes };
}

/** A command as it can be typed again. */
export function shownCommand(command: readonly string[]): string {
  const words = command.map((word) =>
    /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  );
  return ["kiwi", ...words].join(" ");
}
