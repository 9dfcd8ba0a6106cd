import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";

// A second thread in a job's process. It copies the board to the process that waits for the job, which shares no memory
// with this one; and when nobody listens any more, it ends this process, also in the middle of a loop without end.

/** The descriptor that process-channel.ts opens for the board. */
const boardDescriptor = 4;
const everyMs = 100;
const { memory } = workerData as { readonly memory: SharedArrayBuffer };

setInterval(() => {
  try {
    writeSync(boardDescriptor, new Uint8Array(memory));
  } catch (error) {
    // A full pipe is read later; a closed one never.
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") process.kill(process.pid, "SIGKILL");
  }
}, everyMs);
