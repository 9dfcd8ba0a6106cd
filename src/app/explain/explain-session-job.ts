import { z } from "zod";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { explainSession, type SessionExplanation } from "./explain-session.ts";

const request = z.strictObject({
  home: z.string(),
  session: z.string(),
  question: z.strictObject({ symbol: z.string().optional(), timeMs: z.number().nullable() }),
});
type Input = z.output<typeof request>;

/** Lives through the journal of a session, and asks its strategy about one bar of it. */
async function performExplainSession(
  { home, session, question: { symbol, timeMs } }: Input,
  context: JobContext,
): Promise<SessionExplanation> {
  context.stage("journal");
  const explained = await explainSession(home, session, { symbol, timeMs }, context.board);
  await context.settle();
  return explained;
}

export default defineJob({ request, perform: performExplainSession });
