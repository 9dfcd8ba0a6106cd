import { z } from "zod";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import { checkRequestOf, pluginPathsOf } from "../runs/check-request-of.ts";
import { executeRun } from "../runs/execute-run.ts";
import type { ReportFunnel } from "../../analysis/report/report-input.ts";
import { refuseOnlyWarmup } from "../session/warmup-need.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { runRequestSchema } from "./request-schemas.ts";
import { makeChecks } from "./make-checks.ts";
import { prepareWatched } from "./prepare-watched.ts";

const request = z.strictObject({ request: runRequestSchema });

export type StrategyTestOutput = {
  readonly strategyName: string;
  readonly funnel: ReportFunnel;
  readonly results: readonly CheckResult[];
};

/** Runs a strategy once where it is watched, then every check. */
async function performTest(
  { request: asked }: z.output<typeof request>,
  context: JobContext,
): Promise<StrategyTestOutput> {
  const prepared = await prepareWatched(asked, context);
  context.stage("run");
  const { board } = context;
  const result = executeRun(prepared.setup, { withBenchmark: false, watch: board });
  refuseOnlyWarmup(result);
  context.stage("checks");
  const results = await makeChecks(checkRequestOf(prepared, pluginPathsOf(asked)), "all", {
    onDone: (done, total) => board.report(done, total),
  });
  return { strategyName: prepared.setup.strategy.name, funnel: result.funnel, results };
}

export default defineJob({ request, perform: performTest });
