import { randomUUID } from "node:crypto";
import { errorOf } from "./failure.ts";
import type { Failure } from "./job-messages.ts";
import type { QueueAnswer } from "./queue-answer.ts";
import { isFull, queueAway, queueFull, workerLost } from "./queue-errors.ts";
import { queueServerAt, type QueueServer, type TrialQueue } from "./queue-server.ts";
import { readWire, wireText } from "./wire-text.ts";

/** How often we look for ourselves: an event may be lost with a connection, and a piece with the server. */
const lookEveryMs = 1_000;
/** How long a server may be away before we give up; the table of the search is kept. */
const awayMsMax = 30_000;
const answerMsMax = 3_000;

/** The asking side of a queue: pieces of work go out, and each is answered exactly once, whoever worked on it how often. */
export type AskedQueue = {
  readonly ask: (request: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly text: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** Opens the asking side. Throws `REDIS_AWAY` or `POSTGRES_AWAY`. */
export async function askQueue(url: string, onLine: (line: string) => void): Promise<AskedQueue> {
  const server = queueServerAt(url);
  const queue = server.openQueue();
  const events = server.openEvents();
  const waiting = new Map<string, Waiting>();
  // A lost connection is found out below; an unheard error would end the process.
  for (const one of [queue, events]) {
    one.on("error", () => {});
    one.setMaxListeners(0);
  }
  const settle = (id: string, text: unknown): void => {
    const one = waiting.get(id);
    if (one === undefined) return;
    waiting.delete(id);
    const answer = readWire(String(text)) as QueueAnswer;
    if (answer.kind === "done") one.resolve(answer.result);
    else one.reject(errorOf(answer.failure as Failure));
    void queue.remove(id).catch(() => {});
  };
  const lose = (id: string, reason: string): void => {
    waiting.get(id)?.reject(workerLost(reason));
    waiting.delete(id);
  };
  const failAll = (error: unknown): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  events.on("completed", ({ jobId, returnvalue }) => settle(jobId, parsedText(returnvalue)));
  events.on("failed", ({ jobId, failedReason = "" }) => lose(jobId, failedReason));
  const add = (id: string, text: string) =>
    queue.add(
      "trials",
      { text },
      { jobId: id, removeOnComplete: { age: 3_600 }, removeOnFail: { age: 3_600 } },
    );
  const close = async (): Promise<void> => {
    clearInterval(looking);
    await Promise.allSettled([...waiting.keys()].map((id) => inTime(queue.remove(id))));
    await Promise.allSettled([inTime(events.close()), inTime(queue.close())]);
  };
  const look = lookOut({ server, queue, waiting, settle, lose, failAll, add, onLine });
  const looking = setInterval(() => void look(), lookEveryMs);
  try {
    await inTime(queue.waitUntilReady());
    await inTime(events.waitUntilReady());
  } catch (cause) {
    await close();
    throw queueAway(server.name, cause);
  }
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        const id = randomUUID();
        const text = wireText(request);
        waiting.set(id, { text, resolve, reject });
        add(id, text).catch((error: unknown) => {
          // A connection that was lost says nothing about the piece: whoever looks adds it again where it is missing.
          if (!isFull(error)) return;
          waiting.delete(id);
          reject(queueFull(server.name, error));
        });
      }),
    close,
  };
}

type Looking = {
  readonly server: QueueServer;
  readonly queue: TrialQueue;
  readonly waiting: ReadonlyMap<string, Waiting>;
  readonly settle: (id: string, text: unknown) => void;
  readonly lose: (id: string, reason: string) => void;
  readonly failAll: (error: unknown) => void;
  readonly add: (id: string, text: string) => Promise<unknown>;
  readonly onLine: (line: string) => void;
};

/** Looks once whether the server is there, has room, and still has what we wait for. */
function lookOut(looking: Looking): () => Promise<void> {
  const { server, queue, waiting, settle, lose, failAll, add, onLine } = looking;
  const { name } = server;
  let awaySinceMs: number | null = null;
  let aloneLooks = 0;
  let isBusy = false;
  const lookAt = async (id: string, text: string): Promise<void> => {
    const job = await inTime(queue.getJob(id));
    if (!waiting.has(id)) return;
    if (job === undefined) {
      // The server was emptied, or restarted without its memory.
      await inTime(add(id, text));
      return;
    }
    if (job.finishedOn === undefined) return;
    if (job.failedReason !== undefined && job.returnvalue === null) return lose(id, job.failedReason);
    settle(id, parsedText(job.returnvalue));
  };
  return async () => {
    if (waiting.size === 0 || isBusy) return;
    isBusy = true;
    try {
      await inTime(queue.getBackend().setQueueMeta({ "kiwi-room": 1 }));
      if (awaySinceMs !== null) onLine(`${name} is back`);
      awaySinceMs = null;
      for (const [id, { text }] of waiting) await lookAt(id, text);
      aloneLooks = (await inTime(queue.getWorkersCount())) === 0 ? aloneLooks + 1 : 0;
      if (aloneLooks === 5)
        onLine("no worker is there: start kiwi worker --queue URL on any machine that has the data");
    } catch (error) {
      if (isFull(error)) failAll(queueFull(name, error));
      if (awaySinceMs === null) onLine(`${name} does not answer; waiting for it`);
      awaySinceMs ??= performance.now();
      if (performance.now() - awaySinceMs > awayMsMax) failAll(queueAway(name, error));
    } finally {
      isBusy = false;
    }
  };
}

/** Results are JSON on their way: a text in quotes. */
function parsedText(value: unknown): unknown {
  return typeof value === "string" && value.startsWith('"') ? (JSON.parse(value) as unknown) : value;
}

async function inTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), answerMsMax);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
