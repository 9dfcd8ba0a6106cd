import { Worker } from "node:worker_threads";
import type { Channel, ChannelOptions } from "./channel.ts";
import type { JobMessage } from "./job-messages.ts";
import { ProgressBoard } from "./progress-board.ts";

/** A thread that performs jobs: quick to start, shares memory, and ends with this process. */
export function threadChannel({ environment }: ChannelOptions): Channel {
  const board = new ProgressBoard();
  const worker = new Worker(new URL("thread-entry.ts", import.meta.url), {
    workerData: { memory: board.memory },
    env: environment,
    // Standard output belongs to the result: what a job prints comes as messages.
    stdout: true,
    stderr: true,
  });
  return {
    board,
    send(order, onSent) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin
      worker.postMessage(order);
      onSent();
    },
    listen({ onMessage, onEnd }) {
      worker.on("message", (message: JobMessage) => onMessage(message));
      worker.on("error", (error: NodeJS.ErrnoException) =>
        onEnd(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? { kind: "memory" } : { kind: "crash", error }),
      );
      // A result that was sent is read before the exit is heard of.
      worker.on("exit", (code) => setImmediate(() => onEnd({ kind: "exit", code })));
    },
    close: async () => void (await worker.terminate()),
  };
}
