import { checkRequestOf, pluginPathsOf } from "../../app/runs/check-request-of.ts";
import { executeRun } from "../../app/runs/execute-run.ts";
import type { RunRequest } from "../../app/runs/run-request.ts";
import type { CheckResult } from "../../analysis/checks/check-result.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { makeChecks, type CheckKind } from "./make-checks.ts";
import { prepareWatched } from "./prepare-watched.ts";

export type CheckInput = {
  readonly request: RunRequest;
  readonly kind: CheckKind;
  /** The newest bars of each symbol that are looked at. */
  readonly barsMax: number | undefined;
};
export type CheckOutput = {
  readonly results: readonly CheckResult[];
  readonly dataKind: string;
  readonly strategyName: string;
};

/** Runs one check or all of them. */
export async function checkTask(
  { request, kind, barsMax }: CheckInput,
  context: TaskContext,
): Promise<CheckOutput> {
  const prepared = await prepareWatched(request, context);
  context.stage("backtest");
  // A strategy that hangs is noticed here, bar by bar; the checks run in processes that nobody looks into.
  context.board.watch(true);
  executeRun(prepared.setup, { withBenchmark: false, onBar: context.board.beat });
  context.board.watch(false);
  const results = await makeChecks(
    checkRequestOf(prepared, pluginPathsOf(request), barsMax),
    kind,
    context.stage,
  );
  return { results, dataKind: prepared.loaded.dataKind, strategyName: prepared.setup.strategy.name };
}
