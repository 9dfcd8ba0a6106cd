import type { CheckResult } from "../../analysis/checks/check-result.ts";
import { checkRequestOf, pluginPathsOf } from "../../app/runs/check-request-of.ts";
import { executeRun } from "../../app/runs/execute-run.ts";
import type { ReportFunnel } from "../../analysis/report/report-input.ts";
import type { RunRequest } from "../../app/runs/run-request.ts";
import { refuseOnlyWarmup } from "../../app/session/warmup-need.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { makeChecks } from "./make-checks.ts";
import { prepareWatched } from "./prepare-watched.ts";

export type StrategyTestOutput = {
  readonly strategyName: string;
  readonly funnel: ReportFunnel;
  readonly results: readonly CheckResult[];
};

/** Runs a strategy once where it is watched, then every check. */
export async function strategyTestTask(
  { request }: { readonly request: RunRequest },
  context: TaskContext,
): Promise<StrategyTestOutput> {
  const prepared = await prepareWatched(request, context);
  context.stage("run");
  context.board.watch(true);
  const result = executeRun(prepared.setup, { withBenchmark: false, onBar: context.board.beat });
  context.board.watch(false);
  refuseOnlyWarmup(result);
  const results = await makeChecks(checkRequestOf(prepared, pluginPathsOf(request)), "all", context.stage);
  return { strategyName: prepared.setup.strategy.name, funnel: result.funnel, results };
}
