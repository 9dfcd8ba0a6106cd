import { loadPlugins } from "../plugins/own-plugins.ts";
import { prepareRun, type PreparedRun } from "../runs/prepare-run.ts";
import { findStrategy } from "../plugins/find-strategy.ts";
import type { RunRequest } from "../runs/run-request.ts";
import type { JobContext } from "../../jobs/job.ts";

/** Prepares a run and shows how far it is; a strategy file that hangs while it is loaded is noticed. */
export async function prepareWatched(
  request: RunRequest,
  { board, stage }: JobContext,
): Promise<PreparedRun> {
  stage("load");
  board.watch(true);
  await loadPlugins(request.folder, request.config.plugins);
  const found = await findStrategy(request.folder, request.strategy, request.config.plugins);
  board.watch(false);
  return prepareRun(
    request,
    found,
    (done, total) => board.report(done, total),
    (ask) => {
      board.watch(true);
      try {
        return ask();
      } finally {
        board.watch(false);
      }
    },
  );
}
