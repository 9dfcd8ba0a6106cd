import { parseOnce } from "../base/parse-once.ts";
import type { Job } from "./job.ts";
import { flushCompiled, keepCompiled } from "./compile-cache.ts";
import { failureOf } from "./failure.ts";
import { refusedRequest, strayError } from "./job-errors.ts";
import type { JobOrder, JobPort } from "./job-messages.ts";
import { ProgressBoard } from "./progress-board.ts";

/** Errors of timers and promises that nobody waited for, since the present job began. */
let strays: unknown[] = [];

/** Jobs whose code has been kept: later ones of the same name compile next to nothing, and asking costs a look at the disk. */
const kept = new Set<string>();

/** The performing side of every carrier: one job after the other, for as long as it is asked. */
export function serveJobs(port: JobPort): void {
  keepCompiled();
  const board = new ProgressBoard(port.memory);
  process.on("uncaughtException", (error) => void strays.push(error));
  process.on("unhandledRejection", (reason) => void strays.push(reason));
  port.onOrder((order) => void answerTo(order, board, port));
}

async function answerTo(order: JobOrder, board: ProgressBoard, port: JobPort): Promise<void> {
  strays = [];
  board.watch(false);
  try {
    const result = await perform(order, board, port);
    port.send({ kind: "done", result });
  } catch (error) {
    board.watch(false);
    port.send({ kind: "failed", failure: failureOf(error) });
  } finally {
    if (!kept.has(order.name)) flushCompiled();
    kept.add(order.name);
  }
}

async function perform({ name, module, request }: JobOrder, board: ProgressBoard, port: JobPort) {
  const { default: job } = (await import(/* @vite-ignore */ module)) as { default: Job<unknown, unknown> };
  const read = job.request.safeParse(request, parseOnce);
  if (!read.success) throw refusedRequest(name, read.error.issues[0]!);
  const settle = async (): Promise<void> => {
    // Behind every timer of the shortest time that was set before.
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (strays.length > 0 && job.ignoresStrays !== true) throw strayError(strays[0]);
  };
  const result = await job.perform(read.data, {
    board,
    stage(stage) {
      board.report(0, 0);
      port.send({ kind: "stage", name: stage });
    },
    say: (line) => port.send({ kind: "say", line }),
    settle,
  });
  await settle();
  return result;
}
