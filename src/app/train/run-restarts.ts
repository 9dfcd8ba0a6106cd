import { jobAt } from "../../jobs/job.ts";
import { openPool } from "../../jobs/open-pool.ts";
import { runHmmRestart, type HmmRestart } from "../../learning/hmm/fit-hmm.ts";
import type { QueuedWork } from "../queue/queued-work.ts";
import type { RestartJob, RestartRows } from "./restart-request.ts";
import { trainingCodeVersion } from "./training-hash.ts";

/** One attempt, wherever it is performed. */
export const restartJob = jobAt<typeof import("./restart-job.ts").default>(
  "one fit",
  new URL("./restart-job.ts", import.meta.url),
);

/** Where attempts run: threads here, or workers anywhere that hear of them through a queue. */
export type FitPlace = {
  readonly jobs: number;
  readonly queue?: string | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
};

/**
 * Runs attempts and returns their results in the order of the jobs: the same wherever they run, and for any number of
 * threads. One thread is this one. Throws what `runHmmRestart` throws, and what asking a queue throws.
 */
export async function runRestarts(
  rows: RestartRows,
  jobs: readonly RestartJob[],
  place: FitPlace,
  onDone: (done: number) => void = () => {},
): Promise<readonly HmmRestart[]> {
  let done = 0;
  const finished = (result: HmmRestart): HmmRestart => {
    onDone((done += 1));
    return result;
  };
  const threads = Math.min(place.jobs, jobs.length);
  if (threads <= 1 && place.queue === undefined) {
    return jobs.map(({ options, restart }) =>
      finished(runHmmRestart(rows.values, rows.length, options, restart)),
    );
  }
  const { perform, close } =
    place.queue === undefined ? threadsFor(rows, threads) : await queueFor(rows, place.queue, place.onLine);
  try {
    return await Promise.all(jobs.map(async (job) => finished(await perform(job))));
  } finally {
    await close();
  }
}

type OpenedPlace = {
  readonly perform: (job: RestartJob) => Promise<HmmRestart>;
  readonly close: () => Promise<void>;
};

function threadsFor(rows: RestartRows, threads: number): OpenedPlace {
  const shared = { values: sharedCopy(rows.values), length: rows.length };
  const pool = openPool("thread", threads, { environment: {} });
  return {
    perform: (job) => pool.perform(restartJob, { ...job, rows: shared }),
    close: () => pool.close(),
  };
}

async function queueFor(
  rows: RestartRows,
  url: string,
  onLine: FitPlace["onLine"] = () => {},
): Promise<OpenedPlace> {
  const { askQueue } = await import("../../jobs/ask-queue.ts");
  const queue = await askQueue(url, onLine);
  const codeVersion = trainingCodeVersion();
  return {
    async perform(job) {
      const work: QueuedWork = { kind: "fit", request: { ...job, rows }, codeVersion };
      return (await queue.ask(work)) as HmmRestart;
    },
    close: () => queue.close(),
  };
}

/** Memory that all threads read, so that long histories are there once. */
function sharedCopy(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
