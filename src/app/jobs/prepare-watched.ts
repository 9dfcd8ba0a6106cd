import { loadRegistry } from "../plugins/load-registry.ts";
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
  const registry = await loadRegistry(request.folder, request.config.plugins);
  const found = await findStrategy(request.folder, request.strategy, request.config.plugins, registry);
  board.watch(false);
  return prepareRun(request, found, {
    onFile: (done, total) => board.report(done, total),
    askStrategy(ask) {
      board.watch(true);
      try {
        return ask();
      } finally {
        board.watch(false);
      }
    },
  });
}
