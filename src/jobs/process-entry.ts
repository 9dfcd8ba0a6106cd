import { Worker } from "node:worker_threads";
import type { JobOrder } from "./job-messages.ts";
import { boardBytes } from "./progress-board.ts";
import { serveJobs } from "./serve-jobs.ts";
import { takeOverPrinting } from "./take-over-printing.ts";

// The other side of process-channel.ts: a process that ends with the one that started it.
const memory = new SharedArrayBuffer(boardBytes);
const relay = new Worker(new URL("board-relay.ts", import.meta.url), { workerData: { memory }, env: {} });
relay.unref();
process.on("disconnect", () => process.exit(1));

serveJobs({
  memory,
  send: takeOverPrinting((message) => void process.send!(message)),
  onOrder: (hear) => void process.on("message", (order: JobOrder) => hear(order)),
});
