import { availableParallelism } from "node:os";
import { jobs } from "../../app/jobs/job-table.ts";
import { shownCommand } from "../../app/jobs/shown-command.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { queueUrl, type QueueFlags } from "../flags/queue-url.ts";
import { validateFlags } from "../flags/search-flags.ts";
import { openFile } from "../output/open-file.ts";
import { validationText } from "../output/validation-text.ts";
import type { Shell } from "../shell.ts";
import { wholeNumber, type SpaceFlags } from "./optimize.ts";
import { runRequestOf, type RequestFlags } from "./run-request.ts";
import { newestSearch, readTable, searchesFolder } from "../../app/search/search-journal.ts";
import { interruptedExit } from "../interrupt.ts";
import { stoppable } from "./stoppable.ts";
import { join, relative } from "node:path";
import { withProgress } from "./with-progress.ts";

export type ValidateFlags = CommonFlags &
  ProgressFlags &
  RequestFlags &
  QueueFlags &
  SpaceFlags & { readonly trials?: number; readonly jobs?: number; readonly open?: true };

/** Parameters around the ones that are validated: enough for every split to choose among. */
const usualTrials = 200;

/** `kiwi validate`: how much of a result is luck, by every means. Exit 5 when a `--fail-if` holds. */
export async function validateCommand(
  shell: Shell,
  strategy: string | undefined,
  flags: ValidateFlags,
): Promise<number> {
  const queue = queueUrl(shell, flags);
  const request = await runRequestOf(shell, validateFlags, strategy, flags);
  const input = {
    search: {
      request,
      method: "grid" as const,
      trials: wholeNumber("--trials", flags.trials ?? usualTrials, 1),
      vary: flags.vary ?? [],
      where: flags.where ?? [],
      onlyWhen: flags.onlyWhen ?? [],
      objective: "sharpe",
      require: [],
      pareto: [],
      folds: 1,
      holdout: 0,
      seed: request.config.seed,
      command: shownCommand(shell.args),
    },
    jobs: wholeNumber("--jobs", flags.jobs ?? availableParallelism(), 1),
    ...(queue === undefined ? {} : { queue }),
  };
  const { stuckAfterSeconds } = request.config;
  const before = newestSearch(shell.folder);
  const output = await stoppable(
    shell,
    (signal) => withProgress(shell, flags, jobs.validate, input, { stuckAfterSeconds, signal }),
    () => stoppedText(shell.folder, before),
  );
  if (output === null) return interruptedExit;
  const { document, outcomes } = output;
  if (flags.json === true) shell.out(JSON.stringify(document));
  else shell.out(validationText(document));
  if (flags.quiet !== true) for (const warning of document.warnings) shell.err(`warning ${warning}`);
  const failed = outcomes.filter((outcome) => outcome.failed);
  for (const { condition, value } of failed)
    shell.err(`failed  ${condition}: it is ${value === null ? "not available" : value}`);
  if (flags.open === true) openFile(document.artifacts["html"]!);
  return failed.length === 0 ? exitCodes.ok : exitCodes.check;
}

/** What Ctrl-C says: what was seen counts for ever, and its table is kept; a validation needs the returns, which are not. */
function stoppedText(folder: string, before: string | null): string {
  const newest = newestSearch(folder);
  const again = "The same command begins again; fewer parameters around are quicker: --trials 50";
  if (newest === null || newest === before) return `stopped before the first trial. ${again}`;
  const path = join(searchesFolder(folder), newest);
  const count = readTable(path).length;
  if (count === 0) return `stopped before the first trial was over. ${again}`;
  return `stopped: ${count} trials are kept in ${relative(folder, path)} and counted, for they were seen\n${again}`;
}
