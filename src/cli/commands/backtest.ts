import { jobs } from "../../app/jobs/job-table.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { backtestFlags } from "../flags/run-flags.ts";
import { openFile } from "../output/open-file.ts";
import type { Shell } from "../shell.ts";
import { runRequestOf, type RequestFlags } from "./run-request.ts";
import { withProgress } from "./with-progress.ts";

export type BacktestFlags = CommonFlags & ProgressFlags & RequestFlags & { readonly open?: true };

/** `kiwi backtest`: runs, prints, keeps. Exit 5 when a `--fail-if` holds. */
export async function backtestCommand(
  shell: Shell,
  strategy: string | undefined,
  flags: BacktestFlags,
): Promise<number> {
  const request = await runRequestOf(shell, backtestFlags, strategy, flags);
  const hasColor = shell.hasColor && flags.color;
  const { document, summary, warnings, outcomes } = await withProgress(
    shell,
    flags,
    jobs.backtest,
    { request, command: shell.args, width: shell.width, hasColor },
    { stuckAfterSeconds: request.config.stuckAfterSeconds },
  );
  if (flags.json === true) shell.out(JSON.stringify(document));
  else {
    shell.out(summary);
    for (const [name, path] of Object.entries(document.artifacts)) shell.out(`${name.padEnd(9)}${path}`);
  }
  if (flags.quiet !== true) for (const warning of warnings) shell.err(`warning ${warning}`);
  const failed = outcomes.filter((outcome) => outcome.failed);
  for (const { condition, value } of failed)
    shell.err(`failed  ${condition}: it is ${value === null ? "not available" : value}`);
  const { html } = document.artifacts;
  if (flags.open === true && html !== undefined) openFile(html);
  return failed.length === 0 ? exitCodes.ok : exitCodes.check;
}
