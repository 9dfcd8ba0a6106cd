import { DelayedError, type Job } from "bullmq";
import { KiwiError } from "../base/errors.ts";
import { failureOf } from "./failure.ts";
import type { QueueAnswer } from "./queue-answer.ts";
import { queueAway } from "./queue-errors.ts";
import { queueServerAt, type QueuedText, type QueueServer } from "./queue-server.ts";
import { readWire, wireText } from "./wire-text.ts";

/** A worker that says nothing for so long is taken for lost, and its piece is given to another one. */
const lockMs = 4_000;
const stalledEveryMs = 2_000;
/** A piece that has cost so many workers is given up. */
const stalledMax = 20;
const readyMsMax = 5_000;
/** A server that has just been tried in vain is away: it is tried every two seconds. */
const awayMs = 4_000;

/** How a queue is served. */
export type ServeOptions = {
  /** Pieces at the same time. */
  readonly width: number;
  readonly perform: (request: unknown) => Promise<unknown>;
  /** Errors that mean this worker cannot work for that search: the piece goes back, and serving ends with the error. */
  readonly isUnfit: (error: unknown) => boolean;
  readonly onLine: (line: string) => void;
  /** Aborted, it ends what it is at and takes nothing more. */
  readonly signal: AbortSignal;
};

/**
 * Takes pieces from a queue until it is told to stop. Where the server is away by then it is still tried until the program
 * ends. Throws `REDIS_AWAY` or `POSTGRES_AWAY`, and what `isUnfit` recognises.
 */
export async function serveQueue(url: string, options: ServeOptions): Promise<void> {
  const { width, onLine, signal } = options;
  const end = Promise.withResolvers<void>();
  const server = queueServerAt(url);
  const worker = server.openWorker((job, token) => workOn(job, token, options, end.reject), {
    concurrency: width,
    lockDuration: lockMs,
    stalledInterval: stalledEveryMs,
    maxStalledCount: stalledMax,
  });
  let lastError = "";
  let lastErrorMs = -Infinity;
  worker.on("error", ({ message }) => {
    lastErrorMs = performance.now();
    if (message !== lastError) onLine(`the queue: ${message}`);
    lastError = message;
  });
  signal.addEventListener("abort", () => end.resolve());
  try {
    await ready(server, worker);
    onLine("waiting for trials");
    if (!signal.aborted) await end.promise;
  } finally {
    // Closing waits for what it is at, and for a server that is away: for that one nobody waits.
    await Promise.race([worker.close(), untilTrue(() => performance.now() - lastErrorMs < awayMs)]);
  }
}

/** Looks until something is so. */
async function untilTrue(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 200).unref());
}

async function workOn(
  job: Job<QueuedText>,
  token: string | undefined,
  { perform, isUnfit, onLine }: ServeOptions,
  giveUp: (error: unknown) => void,
): Promise<string> {
  let answer: QueueAnswer;
  try {
    answer = { kind: "done", result: await perform(readWire(job.data.text)) };
  } catch (error) {
    if (isUnfit(error)) {
      await job.moveToDelayed(Date.now() + stalledEveryMs, token);
      giveUp(error);
      throw new DelayedError();
    }
    onLine(error instanceof KiwiError ? `${error.parts.code} ${error.parts.message}` : String(error));
    answer = { kind: "failed", failure: failureOf(error) };
  }
  return wireText(answer);
}

async function ready({ name }: QueueServer, worker: ReturnType<QueueServer["openWorker"]>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(queueAway(name)), readyMsMax);
  });
  try {
    await Promise.race([worker.waitUntilReady(), late]);
  } catch (cause) {
    throw cause instanceof KiwiError ? cause : queueAway(name, cause);
  } finally {
    clearTimeout(timer);
  }
}
