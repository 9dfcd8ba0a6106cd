import { jobs } from "../../app/jobs/job-table.ts";
import { exitCodes } from "../../base/errors.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { strategyFlags } from "../flags/run-flags.ts";
import { checkText } from "../output/check-text.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import type { CheckKind } from "../../app/jobs/make-checks.ts";
import { runRequestOf, type RequestFlags } from "./run-request.ts";
import { withProgress } from "./with-progress.ts";

export type CheckFlags = CommonFlags & ProgressFlags & RequestFlags & { readonly bars?: number };

/** `kiwi check`: tries to catch a strategy cheating. Exit 5 when it does. */
export async function checkCommand(
  shell: Shell,
  kind: CheckKind,
  strategy: string | undefined,
  flags: CheckFlags,
): Promise<number> {
  const request = await runRequestOf(shell, strategyFlags, strategy, flags);
  const input = { request, kind, barsMax: flags.bars };
  const { results, dataKind, strategyName } = await withProgress(shell, flags, jobs.check, input, {
    stuckAfterSeconds: request.config.stuckAfterSeconds,
  });
  const pass = results.every((result) => result.pass !== false);
  if (flags.json === true)
    shell.out(envelope("check@1", { strategy: strategyName, dataKind, checks: results }, pass));
  else shell.out(results.map(checkText).join("\n\n"));
  return pass ? exitCodes.ok : exitCodes.check;
}
