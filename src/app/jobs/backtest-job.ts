import { z } from "zod";
import { resolve } from "node:path";
import { freeRunId } from "../../adapters/stores/runs/run-store.ts";
import { renderTerminal } from "../../analysis/report/terminal/render-terminal.ts";
import { sha256 } from "../../base/hash.ts";
import { countTrials, ledgerPathOf } from "../../adapters/stores/runs/trials-ledger.ts";
import { finishRun } from "../runs/finish-run.ts";
import { readFailConditions, tryFailConditions, type FailOutcome } from "../runs/fail-conditions.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { runRequestSchema } from "./request-schemas.ts";
import { prepareWatched } from "./prepare-watched.ts";
import type { RunDocument } from "./run-document.ts";
import { shownCommand } from "./shown-command.ts";
import { storeRun } from "./store-run.ts";

const request = z.strictObject({
  request: runRequestSchema,
  /** What was typed, word by word, without the name of the program. */
  command: z.array(z.string()).readonly(),
  width: z.number(),
  hasColor: z.boolean(),
});
export type BacktestInput = z.output<typeof request>;

export type BacktestOutput = {
  readonly document: RunDocument;
  /** The summary for a terminal. */
  readonly summary: string;
  readonly warnings: readonly string[];
  readonly outcomes: readonly FailOutcome[];
};

/** Loads, runs, reports and keeps a backtest. */
export async function performBacktest(input: BacktestInput, context: JobContext): Promise<BacktestOutput> {
  const { request, command } = input;
  const startedMs = performance.now();
  const conditions = readFailConditions(request.config.failIf);
  const prepared = await prepareWatched(request, context);
  const root = resolve(request.folder, request.config.out);
  const runId = freeRunId(root, request.nowMs, sha256(`${process.pid} ${startedMs} ${command.join(" ")}`));
  const total = Math.max(...prepared.setup.bars.map((bars) => bars.length));
  const finished = finishRun(prepared, {
    runId,
    command: shownCommand(command),
    countTrials: (trial) => countTrials(ledgerPathOf(request.folder), trial),
    startedMs,
    nowMs: () => performance.now(),
    watch: context.board,
    onProgress: (done) => context.board.report(Math.min(done, total), total),
    onStage: context.stage,
    onRuns: (done, all) => context.board.report(done, all),
  });
  await context.settle();
  context.stage("report");
  const outcomes = tryFailConditions(conditions, finished.result.metrics);
  const { document, warnings } = await storeRun(prepared, finished, outcomes, command);
  const summary = renderTerminal(finished.input, { width: input.width, color: input.hasColor });
  return { document, summary, warnings, outcomes };
}

export default defineJob({ request, perform: performBacktest });
