import { z } from "zod";
import { checkRequestOf, pluginPathsOf } from "../runs/check-request-of.ts";
import { executeRun } from "../runs/execute-run.ts";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { runRequestSchema } from "./request-schemas.ts";
import { checkLearning } from "../evaluation/check-learning.ts";
import { checkKinds, makeChecks } from "./make-checks.ts";
import { prepareWatched } from "./prepare-watched.ts";

const request = z.strictObject({
  request: runRequestSchema,
  kind: z.enum(checkKinds),
  /** The newest bars of each symbol that are looked at. */
  barsMax: z.number().optional(),
});
export type CheckInput = z.output<typeof request>;
export type CheckOutput = {
  readonly results: readonly CheckResult[];
  readonly dataKind: string;
  readonly strategyName: string;
};

/** Runs one check or all of them. */
async function performCheckJob(
  { request, kind, barsMax }: CheckInput,
  context: JobContext,
): Promise<CheckOutput> {
  const prepared = await prepareWatched(request, context);
  context.stage("backtest");
  const total = Math.max(...prepared.setup.bars.map(({ length }) => length));
  executeRun(prepared.setup, {
    withBenchmark: false,
    watch: context.board,
    onProgress: (done) => context.board.report(Math.min(done, total), total),
  });
  context.stage(kind === "all" ? "checks" : kind);
  const results = await makeChecks(checkRequestOf(prepared, pluginPathsOf(request), barsMax), kind, {
    onDone: (done, all) => context.board.report(done, all),
    onAnswer: context.say,
  });
  const learning =
    kind === "lookahead" || kind === "all" ? await checkLearning(prepared, barsMax, context) : [];
  return {
    results: [...results, ...learning],
    dataKind: prepared.loaded.dataKind,
    strategyName: prepared.setup.strategy.name,
  };
}

export default defineJob({ request, perform: performCheckJob });
