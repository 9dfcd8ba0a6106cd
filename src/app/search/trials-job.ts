import { defineJob, type JobContext } from "../../jobs/job.ts";
import { KiwiError } from "../../base/errors.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import { loadRegistry } from "../plugins/load-registry.ts";
import { codeHash } from "../plugins/code-identity.ts";
import { prepareRun, type PreparedRun } from "../runs/prepare-run.ts";
import { readHash } from "../runs/run-hashes.ts";
import { trialsRequestSchema, type TrialOutcome, type TrialsRequest } from "./trial.ts";
import { TrialRunner } from "./trial-runner.ts";

/** What the last piece of work left behind: the next one is nearly always of the same search. */
let kept: { readonly key: string; readonly runner: TrialRunner } | null = null;

/** Runs trials, wherever a worker is: in a thread, in a process, on another machine. The same piece has the same outcomes. */
async function performTrials(piece: TrialsRequest, context: JobContext): Promise<readonly TrialOutcome[]> {
  const { request, measuring, expected, columns, tasks } = piece;
  const key = JSON.stringify([request, measuring, expected]);
  if (kept?.key !== key) {
    const prepared = await prepare(piece, context);
    kept = { key, runner: new TrialRunner(prepared, { measuring }, context.board) };
  }
  const { runner } = kept;
  if (columns !== undefined) runner.adopt(columns);
  const outcomes: TrialOutcome[] = [];
  for (const task of tasks) {
    outcomes.push(runner.run(task));
    context.board.report(outcomes.length, tasks.length);
  }
  return outcomes;
}

async function prepare(
  { request, loaded, expected }: TrialsRequest,
  { board }: JobContext,
): Promise<PreparedRun> {
  board.watch(true);
  const registry = await loadRegistry(request.folder, request.config.plugins);
  const found = await findStrategy(request.folder, request.strategy, request.config.plugins, registry);
  board.watch(false);
  if (expected !== undefined) refuse("code", expected.code, codeHash(found.ownFiles));
  const prepared = await prepareRun(request, found, loaded === undefined ? {} : { loaded });
  if (expected !== undefined) refuse("data", expected.data, readHash(prepared));
  return prepared;
}

/** A worker that would compute something else must not compute at all. */
function refuse(kind: "code" | "data", expected: string, own: string): void {
  if (expected === own) return;
  throw kind === "code" ? otherCode(expected.slice(0, 12), own.slice(0, 12)) : otherData(expected, own);
}

/** This worker's code is not that of whoever asks. */
export function otherCode(expected: string, own: string): KiwiError {
  return new KiwiError({
    code: "WORKER_OTHER_CODE",
    exit: "config",
    message: `this worker's code is ${own}, and the work was begun with ${expected}`,
    why: "another version of Kiwi or of the strategy could give other numbers",
    fix: "install the same version and copy the same strategy files, then start kiwi worker again",
    topic: "workers",
  });
}

function otherData(expected: string, own: string): KiwiError {
  return new KiwiError({
    code: "WORKER_OTHER_DATA",
    exit: "config",
    message: `this worker's bars are ${own.slice(0, 12)}, and those of the search ${expected.slice(0, 12)}`,
    why: "the files differ, or the same path names others here",
    fix: "copy the data folder of the search to this machine, then start kiwi worker again",
    topic: "workers",
  });
}

export default defineJob({ request: trialsRequestSchema, perform: performTrials });
