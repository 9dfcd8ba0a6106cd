import { parentPort, workerData } from "node:worker_threads";
import type { JobMessage, JobOrder } from "./job-messages.ts";
import { lineSplitter } from "./line-splitter.ts";
import { serveJobs } from "./serve-jobs.ts";

// The other side of thread-channel.ts.
const port = parentPort!;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
const post = (message: JobMessage): void => port.postMessage(message);

// The streams of a thread hand on what is printed when the thread pauses, and lose it when it never does. Messages keep
// every line, in order, before the result that follows them.
const flushes = [process.stdout, process.stderr].map((stream) => {
  const { take, flush } = lineSplitter((line) => post({ kind: "say", line }));
  const decoder = new TextDecoder();
  stream.write = (piece: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    take(typeof piece === "string" ? piece : decoder.decode(piece, { stream: true }));
    const done = rest.findLast((one) => typeof one === "function") as (() => void) | undefined;
    if (done !== undefined) queueMicrotask(done);
    return true;
  };
  return flush;
});

serveJobs({
  memory: (workerData as { readonly memory: SharedArrayBuffer }).memory,
  send(message) {
    if (message.kind !== "stage" && message.kind !== "say") for (const flush of flushes) flush();
    post(message);
  },
  onOrder: (hear) => void port.on("message", (order: JobOrder) => hear(order)),
});
