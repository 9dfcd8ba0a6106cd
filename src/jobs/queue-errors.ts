import { KiwiError } from "../base/errors.ts";

/** Redis does not answer. */
export function redisAway(cause?: unknown): KiwiError {
  const said = cause instanceof Error && cause.message !== "" ? cause.message : "no answer";
  return queueError(
    "REDIS_AWAY",
    "network",
    "the queue cannot be reached",
    `Redis does not answer: ${said}`,
    "start it (redis-server), or correct --redis; a search that was begun goes on with kiwi optimize --resume last",
    cause,
  );
}

/** Redis takes nothing more. */
export function redisFull(cause: unknown): KiwiError {
  return queueError(
    "REDIS_FULL",
    "network",
    "the queue is full",
    `Redis has reached its maxmemory: ${(cause as Error).message}`,
    "raise maxmemory (it must be noeviction), then kiwi optimize --resume last",
    cause,
  );
}

/** A piece of work was taken again and again by workers that were lost with it. */
export function workerLost(reason: string): KiwiError {
  return queueError(
    "WORKER_LOST",
    "timeout",
    "workers were lost with this piece of work",
    reason,
    "look at what kiwi worker printed before it ended",
  );
}

/** Whether Redis refused to write for want of memory. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && /\bOOM\b|maxmemory|used memory/.test(error.message);
}

function queueError(
  code: string,
  exit: "network" | "timeout",
  message: string,
  why: string,
  fix: string,
  cause?: unknown,
): KiwiError {
  return new KiwiError({ code, exit, message, why, fix, topic: "workers" }, { cause });
}
