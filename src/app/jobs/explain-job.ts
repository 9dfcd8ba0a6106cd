import { z } from "zod";
import type { Explanation } from "../explain/explanation.ts";
import { explainRun } from "../explain/explain-run.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { runManifestSchema } from "./request-schemas.ts";
import { prepareWatched } from "./prepare-watched.ts";
import { changesSince, requestOf } from "./run-again.ts";

const request = z.strictObject({
  manifest: runManifestSchema,
  question: z.strictObject({ symbol: z.string().optional(), timeMs: z.number().nullable() }),
});
export type ExplainInput = z.output<typeof request>;
export type ExplainOutput = { readonly explanation: Explanation; readonly changes: readonly string[] };

/** Runs a stored run again, up to the bar that is asked about. */
async function performExplain(
  { manifest, question }: ExplainInput,
  context: JobContext,
): Promise<ExplainOutput> {
  const prepared = await prepareWatched(requestOf(manifest), context);
  context.stage("explain");
  const explanation = explainRun(
    prepared.setup,
    { symbol: question.symbol, timeMs: question.timeMs },
    context.board,
  );
  await context.settle();
  return { explanation, changes: changesSince(manifest, prepared) };
}

export default defineJob({ request, perform: performExplain });
