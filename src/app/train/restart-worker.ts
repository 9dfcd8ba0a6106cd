import { parentPort, workerData } from "node:worker_threads";
import { KiwiError } from "../../base/errors.ts";
import { runHmmRestart } from "../../learning/hmm/fit-hmm.ts";
import type { RestartAnswer, RestartJob, RestartRows } from "./run-restarts.ts";

// The other side of run-restarts.ts: one attempt after the other, for as long as it is asked.
const { values, length } = workerData as RestartRows;

parentPort!.on("message", ({ options, restart }: RestartJob) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  parentPort!.postMessage(answerTo(() => runHmmRestart(values, length, options, restart)));
});

function answerTo(work: () => ReturnType<typeof runHmmRestart>): RestartAnswer {
  try {
    return { kind: "done", result: work() };
  } catch (error) {
    return error instanceof KiwiError
      ? { kind: "refused", parts: error.parts }
      : { kind: "broken", why: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
