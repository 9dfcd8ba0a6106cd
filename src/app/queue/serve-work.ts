import { KiwiError } from "../../base/errors.ts";
import { openPool, type JobPool } from "../../jobs/open-pool.ts";
import { environmentWithoutSecrets } from "../config/environment-without-secrets.ts";
import { trialsJob, watchingOf } from "../search/place.ts";
import { otherCode } from "../search/trials-job.ts";
import { modelTrialsJob } from "../train/search/model-place.ts";
import { restartJob } from "../train/run-restarts.ts";
import { trainingCodeVersion } from "../train/training-hash.ts";
import type { QueuedWork } from "./queued-work.ts";

const unfitCodes = new Set(["WORKER_OTHER_CODE", "WORKER_OTHER_DATA"]);

/**
 * Works for searches, validations and trainings through a queue until it is told to stop. Throws `REDIS_AWAY`,
 * `POSTGRES_AWAY`, `WORKER_OTHER_CODE`, `WORKER_OTHER_DATA`.
 */
export async function serveWork(
  url: string,
  threads: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { serveQueue } = await import("../../jobs/serve-queue.ts");
  // That which is loaded, also when files change while it works.
  const codeVersion = trainingCodeVersion();
  const pool = openPool("thread", threads, { environment: environmentWithoutSecrets(process.env) });
  try {
    await serveQueue(url, {
      width: threads,
      perform: (work) => performWork(pool, work as QueuedWork, codeVersion),
      isUnfit: (error) => error instanceof KiwiError && unfitCodes.has(error.parts.code),
      onLine,
      signal,
    });
  } finally {
    await pool.close();
  }
}

function performWork(pool: JobPool, work: QueuedWork, own: string): Promise<unknown> {
  if (work.kind === "trials")
    return pool.perform(trialsJob, work.piece, watchingOf(work.limits, work.piece.tasks.length));
  if (work.kind === "model trials") {
    const { piece, limits } = work;
    // Other code could come to other numbers.
    if (piece.ground.codeVersion !== own) return Promise.reject(otherCode(piece.ground.codeVersion, own));
    return pool.perform(modelTrialsJob, piece, watchingOf(limits, piece.tasks.length));
  }
  if (work.codeVersion !== own) return Promise.reject(otherCode(work.codeVersion, own));
  return pool.perform(restartJob, work.request);
}
