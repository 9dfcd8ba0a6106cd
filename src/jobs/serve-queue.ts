import { setTimeout as pause } from "node:timers/promises";
import { DelayedError, Worker, type Job } from "bullmq";
import { KiwiError } from "../base/errors.ts";
import { failureOf } from "./failure.ts";
import { connectionOf, queueName, type QueueAnswer } from "./queue-wire.ts";
import { redisAway } from "./queue-errors.ts";
import { readWire, wireText } from "./wire-text.ts";

/** A worker that says nothing for so long is taken for lost, and its piece is given to another one. */
const lockMs = 4_000;
const stalledEveryMs = 2_000;
/** A piece that has cost so many workers is given up. */
const stalledMax = 20;
const readyMsMax = 5_000;
/** A server that does not answer within this time is away. */
const answerMsMax = 2_000;
const lookEveryMs = 200;

/** How a queue is served. */
export type ServeOptions = {
  /** Pieces at the same time. */
  readonly width: number;
  readonly perform: (request: unknown) => Promise<unknown>;
  /** Errors that mean this worker cannot work for that search: the piece goes back, and serving ends with the error. */
  readonly isUnfit: (error: unknown) => boolean;
  readonly onLine: (line: string) => void;
  /** Aborted, it ends what it is at and takes nothing more; what nobody could be told any more it drops. */
  readonly signal: AbortSignal;
};

/** Takes pieces from a queue until it is told to stop. Throws `REDIS_AWAY`, and what `isUnfit` recognises. */
export async function serveQueue(url: string, options: ServeOptions): Promise<void> {
  const { width, onLine, signal } = options;
  const end = Promise.withResolvers<void>();
  const underway = new Set<Promise<string>>();
  const begin = async (job: QueuedJob, token: string | undefined): Promise<string> => {
    const work = workOn(job, token, options, end.reject);
    underway.add(work);
    return work.finally(() => underway.delete(work));
  };
  const worker = new Worker(queueName, begin, {
    connection: connectionOf(url),
    concurrency: width,
    lockDuration: lockMs,
    stalledInterval: stalledEveryMs,
    maxStalledCount: stalledMax,
  });
  let lastError = "";
  worker.on("error", ({ message }) => {
    if (message !== lastError) onLine(`the queue: ${message}`);
    lastError = message;
  });
  signal.addEventListener("abort", () => end.resolve());
  try {
    await ready(worker);
    onLine("waiting for trials");
    if (!signal.aborted) await end.promise;
  } finally {
    await endWork(worker, underway);
  }
}

/**
 * Ends what is underway, as long as there is somebody to tell: without its server a worker would wait for ever to say
 * good-bye. What it was at is given to another one, because nothing is heard of it.
 */
async function endWork(worker: Worker, underway: ReadonlySet<unknown>): Promise<void> {
  await worker.pause(true);
  while (underway.size > 0 && (await answers(worker))) await pause(lookEveryMs);
  await worker.close(!(await answers(worker)));
}

async function answers(worker: Worker): Promise<boolean> {
  const late = new AbortController();
  try {
    const asked = worker
      .getBackend()
      .client.then((client) => client.info())
      .then(() => true);
    return await Promise.race([asked, pause(answerMsMax, false, { signal: late.signal })]);
  } catch {
    return false;
  } finally {
    late.abort();
  }
}

type QueuedJob = Job<{ readonly text: string }>;

async function workOn(
  job: QueuedJob,
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

async function ready(worker: Worker): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(redisAway()), readyMsMax);
  });
  try {
    await Promise.race([worker.waitUntilReady(), late]);
  } finally {
    clearTimeout(timer);
  }
}
