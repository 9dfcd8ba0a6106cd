import { z } from "zod";
import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import { executeRun } from "../runs/execute-run.ts";
import { firstDifference, type FirstDifference } from "../runs/first-difference.ts";
import type { BacktestResult } from "../runs/run-backtest.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { runManifestSchema } from "./request-schemas.ts";
import { prepareWatched } from "./prepare-watched.ts";
import { changesSince, requestOf } from "./run-again.ts";

const request = z.tuple([runManifestSchema, runManifestSchema]);

export type DifferenceOutput = {
  readonly difference: FirstDifference | null;
  /** What is not as it was when the runs were made. */
  readonly changes: readonly string[];
};

/** Runs two stored runs again and finds the first decision in which they differ. */
async function performDifference(
  manifests: readonly RunManifest[],
  context: JobContext,
): Promise<DifferenceOutput> {
  const results: BacktestResult[] = [];
  const changes: string[] = [];
  for (const manifest of manifests) {
    const prepared = await prepareWatched(requestOf(manifest), context);
    context.stage("backtest");
    results.push(executeRun(prepared.setup, { withBenchmark: false, watch: context.board }));
    for (const change of changesSince(manifest, prepared)) changes.push(`${manifest.runId}: ${change}`);
  }
  return { difference: firstDifference(results[0]!, results[1]!), changes };
}

export default defineJob({ request, perform: performDifference });
