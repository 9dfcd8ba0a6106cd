import type { RunManifest } from "../../adapters/stores/runs/run-manifest.ts";
import type { Explanation } from "../../app/explain/explanation.ts";
import { explainRun, type Question } from "../../app/explain/explain-run.ts";
import type { TaskContext } from "../worker/task-context.ts";
import { prepareWatched } from "./prepare-watched.ts";
import { changesSince, requestOf } from "./run-again.ts";

export type ExplainInput = { readonly manifest: RunManifest; readonly question: Question };
export type ExplainOutput = { readonly explanation: Explanation; readonly changes: readonly string[] };

/** Runs a stored run again, up to the bar that is asked about. */
export async function explainTask(
  { manifest, question }: ExplainInput,
  context: TaskContext,
): Promise<ExplainOutput> {
  const prepared = await prepareWatched(requestOf(manifest), context);
  context.stage("explain");
  context.board.watch(true);
  const explanation = explainRun(prepared.setup, question, { onBar: context.board.beat });
  context.board.watch(false);
  return { explanation, changes: changesSince(manifest, prepared) };
}
