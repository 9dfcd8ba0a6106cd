import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { KiwiError, type ErrorParts } from "../../base/errors.ts";
import { mapConcurrently } from "../../base/map-concurrently.ts";
import { runHmmRestart, type HmmRestart } from "../../learning/hmm/fit-hmm.ts";
import type { HmmOptions } from "../../learning/hmm/hmm-options.ts";

/** The rows that all attempts see: `values` is row-major. */
export type RestartRows = { readonly values: Float64Array; readonly length: number };

/** One attempt at one model. */
export type RestartJob = { readonly options: HmmOptions; readonly restart: number };

/** What a worker says about an attempt. */
export type RestartAnswer =
  | { readonly kind: "done"; readonly result: HmmRestart }
  | { readonly kind: "refused"; readonly parts: ErrorParts }
  | { readonly kind: "broken"; readonly why: string };

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
  const idle = Array.from({ length: threads }, () => startWorker(shared));
  const all = [...idle];
  try {
    return await mapConcurrently(jobs, threads, async (job) => {
      // As many jobs run at a time as there are workers: one of them is free.
      const worker = idle.pop()!;
      const result = await ask(worker, job);
      idle.push(worker);
      return finished(result);
    });
  } finally {
    await Promise.all(all.map((worker) => worker.terminate()));
  }
}

function startWorker(rows: RestartRows): Worker {
  return new Worker(new URL("restart-worker.ts", import.meta.url), { workerData: rows });
}

async function ask(worker: Worker, job: RestartJob): Promise<HmmRestart> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
  worker.postMessage(job);
  // `once` rejects when the worker emits an error.
  const [answer] = (await once(worker, "message")) as [RestartAnswer];
  if (answer.kind === "done") return answer.result;
  if (answer.kind === "refused") throw new KiwiError(answer.parts);
  throw new Error(answer.why);
}

/** Memory that all threads read, so that long histories are there once. */
function sharedCopy(values: Float64Array): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
  shared.set(values);
  return shared;
}
