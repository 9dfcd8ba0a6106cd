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
  const { document, outcomes } = await withProgress(
    shell,
    flags,
    jobs.validate,
    {
      search: {
        request,
        method: "grid",
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
    },
    request.config.stuckAfterSeconds,
  );
  if (flags.json === true) shell.out(JSON.stringify(document));
  else shell.out(validationText(document));
  if (flags.quiet !== true) for (const warning of document.warnings) shell.err(`warning ${warning}`);
  const failed = outcomes.filter((outcome) => outcome.failed);
  for (const { condition, value } of failed)
    shell.err(`failed  ${condition}: it is ${value === null ? "not available" : value}`);
  if (flags.open === true) openFile(document.artifacts["html"]!);
  return failed.length === 0 ? exitCodes.ok : exitCodes.check;
}
