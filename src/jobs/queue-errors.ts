import { KiwiError } from "../base/errors.ts";

type ServerName = "Redis" | "PostgreSQL";

/** The server of the queue does not answer, or lets nobody in. */
export function queueAway(server: ServerName, cause?: unknown): KiwiError {
  const start = server === "Redis" ? "redis-server" : "pg_ctl start";
  return queueError(
    server === "Redis" ? "REDIS_AWAY" : "POSTGRES_AWAY",
    "network",
    "the queue cannot be reached",
    `${server} does not answer: ${saidBy(cause)}`,
    `start it (${start}), or correct --queue; a search that was begun goes on with kiwi optimize --resume last`,
    cause,
  );
}

/** The server of the queue takes nothing more. */
export function queueFull(server: ServerName, cause: unknown): KiwiError {
  const [code, limit, room] =
    server === "Redis"
      ? ["REDIS_FULL", "its maxmemory", "raise maxmemory (it must be noeviction)"]
      : ["POSTGRES_FULL", "the end of its disk, its memory or its connections", "make room for it"];
  return queueError(
    code,
    "network",
    "the queue is full",
    `${server} has reached ${limit}: ${saidBy(cause)}`,
    `${room}, then kiwi optimize --resume last`,
    cause,
  );
}

/** A connection that is tried at several addresses fails with one error for each. */
function saidBy(cause: unknown): string {
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error && first.message !== "" ? first.message : "no answer";
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

/** Whether a server refused to write for want of room: Redis says it in words, PostgreSQL with a SQLSTATE of class 53. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return /\bOOM\b|maxmemory|used memory/.test(error.message) || /^53...$/.test(String(code));
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
