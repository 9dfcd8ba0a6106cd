import { parentPort, workerData } from "node:worker_threads";
import type { JobOrder } from "./job-messages.ts";
import { serveJobs } from "./serve-jobs.ts";
import { takeOverPrinting } from "./take-over-printing.ts";

// The other side of thread-channel.ts.
const port = parentPort!;

serveJobs({
  memory: (workerData as { readonly memory: SharedArrayBuffer }).memory,
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  send: takeOverPrinting((message) => port.postMessage(message)),
  onOrder: (hear) => void port.on("message", (order: JobOrder) => hear(order)),
});
