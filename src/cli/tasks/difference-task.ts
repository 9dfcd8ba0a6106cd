import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import { executeRun } from "../../app/runs/execute-run.ts";
import { firstDifference, type FirstDifference } from "../../app/runs/first-difference.ts";
import type { BacktestResult } from "../../app/runs/run-backtest.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { prepareWatched } from "./prepare-watched.ts";
import { changesSince, requestOf } from "./run-again.ts";

export type DifferenceOutput = {
  readonly difference: FirstDifference | null;
  /** What is not as it was when the runs were made. */
  readonly changes: readonly string[];
};

/** Runs two stored runs again and finds the first decision in which they differ. */
export async function differenceTask(
  manifests: readonly [RunManifest, RunManifest],
  context: TaskContext,
): Promise<DifferenceOutput> {
  const results: BacktestResult[] = [];
  const changes: string[] = [];
  for (const manifest of manifests) {
    const prepared = await prepareWatched(requestOf(manifest), context);
    context.stage("backtest");
    context.board.watch(true);
    results.push(executeRun(prepared.setup, { withBenchmark: false, onBar: context.board.beat }));
    context.board.watch(false);
    for (const change of changesSince(manifest, prepared)) changes.push(`${manifest.runId}: ${change}`);
  }
  return { difference: firstDifference(results[0]!, results[1]!), changes };
}
