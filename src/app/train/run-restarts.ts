import { jobAt } from "../../jobs/job.ts";
import { openPool } from "../../jobs/open-pool.ts";
import { runHmmRestart, type HmmRestart } from "../../learning/hmm/fit-hmm.ts";
import type { RestartJob, RestartRows } from "./restart-request.ts";

const restartJob = jobAt<typeof import("./restart-job.ts").default>(
  "one fit",
  new URL("./restart-job.ts", import.meta.url),
);

/**
 * Runs attempts in up to `workers` threads and returns their results in the order of the jobs: the same whatever the
 * number of threads. One thread is this one. Throws what `runHmmRestart` throws.
 */
export async function runRestarts(
  rows: RestartRows,
  jobs: readonly RestartJob[],
  workers: number,
  onDone: (done: number) => void = () => {},
): Promise<readonly HmmRestart[]> {
  let done = 0;
  const finished = (result: HmmRestart): HmmRestart => {
    onDone((done += 1));
    return result;
  };
  const threads = Math.min(workers, jobs.length);
  if (threads <= 1) {
    return jobs.map(({ options, restart }) =>
      finished(runHmmRestart(rows.values, rows.length, options, restart)),
    );
  }
  const shared = { values: sharedCopy(rows.values), length: rows.length };
  const pool = openPool("thread", threads, { environment: {} });
  try {
    return await Promise.all(
      jobs.map(async (job) => finished(await pool.perform(restartJob, { ...job, rows: shared }))),
    );
  } finally {
    await pool.close();
  }
}

/** Memory that all threads read, so that long histories are there once. */
function sharedCopy(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
