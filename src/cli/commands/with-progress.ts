import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { progressFor } from "../output/progress.ts";
import type { Shell } from "../shell.ts";
import { startJob } from "../../app/jobs/start-job.ts";
import type { JobWatching } from "../../jobs/open-carrier.ts";
import type { JobAddress } from "../../jobs/job.ts";

/** Runs a job and shows how far it is. */
export async function withProgress<Request, Result>(
  shell: Shell,
  flags: CommonFlags & ProgressFlags,
  job: JobAddress<Request, Result>,
  request: Request,
  {
    stuckAfterSeconds = 30,
    signal,
    onLine,
  }: Pick<JobWatching, "stuckAfterSeconds" | "signal" | "onLine"> = {},
): Promise<Result> {
  const progress = await progressFor(shell, flags);
  try {
    return await startJob(job, request, {
      stuckAfterSeconds,
      ...(signal === undefined ? {} : { signal }),
      onLook: progress.look,
      onLine: onLine ?? progress.line,
    });
  } finally {
    progress.end();
  }
}
