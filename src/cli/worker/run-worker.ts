import { parentPort, workerData } from "node:worker_threads";
import { installKiwiSpecifier } from "../../app/plugins/kiwi-specifier.ts";
import { flushCompiled, keepCompiled } from "../compile-cache.ts";
import { failureOf } from "./failure.ts";
import { ProgressBoard } from "./progress-board.ts";
import type { Task } from "./task-context.ts";
import { tasks, type TaskName, type WorkerMessage } from "./task.ts";

// The other side of run-task.ts: a thread of its own for every piece of work that runs a person's code.
type WorkerInput = { readonly name: TaskName; readonly input: unknown; readonly memory: SharedArrayBuffer };

const { name, input, memory } = workerData as WorkerInput;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
const send = (message: WorkerMessage): void => parentPort!.postMessage(message);

try {
  keepCompiled();
  installKiwiSpecifier();
  const board = new ProgressBoard(memory);
  // The names and inputs of tasks are paired by `runTask`, which alone starts this file.
  const task = (await tasks[name]()) as Task<never, unknown>;
  const output = await task(input as never, {
    board,
    stage(stage) {
      board.report(0, 0);
      send({ kind: "stage", name: stage });
    },
    say: (line) => send({ kind: "say", line }),
  });
  flushCompiled();
  send({ kind: "done", output });
} catch (error) {
  send({ kind: "failed", failure: failureOf(error) });
}
