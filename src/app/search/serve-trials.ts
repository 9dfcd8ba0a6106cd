import { KiwiError } from "../../base/errors.ts";
import { openPool } from "../../jobs/open-pool.ts";
import { environmentWithoutSecrets } from "../config/environment-without-secrets.ts";
import { trialsJob } from "./place.ts";
import type { QueuedPiece } from "./queue-place.ts";

/** Works for searches through a queue until it is told to stop. Throws `REDIS_AWAY`, `POSTGRES_AWAY`, `WORKER_OTHER_CODE`, `WORKER_OTHER_DATA`. */
export async function serveTrials(
  url: string,
  threads: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { serveQueue } = await import("../../jobs/serve-queue.ts");
  const pool = openPool("thread", threads, { environment: environmentWithoutSecrets(process.env) });
  try {
    await serveQueue(url, {
      width: threads,
      perform(request) {
        const { piece, limits } = request as QueuedPiece;
        return pool.perform(trialsJob, piece, {
          stuckAfterSeconds: limits.stuckAfterSeconds,
          ...(limits.secondsMax === undefined
            ? {}
            : { timeLimitMs: 1_000 * limits.secondsMax * piece.tasks.length }),
        });
      },
      isUnfit: (error) =>
        error instanceof KiwiError && ["WORKER_OTHER_CODE", "WORKER_OTHER_DATA"].includes(error.parts.code),
      onLine,
      signal,
    });
  } finally {
    await pool.close();
  }
}
