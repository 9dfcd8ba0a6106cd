import { jobs } from "../../app/jobs/job-table.ts";
import { readRun } from "../../adapters/stores/runs/read-runs.ts";
import { readDay } from "../../app/config/read-day.ts";
import { refuseStrangersCode } from "../../app/runs/refuse-strangers-code.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { explanationText } from "../output/explanation-text.ts";
import { envelope } from "../output/json.ts";
import type { Shell } from "../shell.ts";
import { runsFolder } from "./runs-folder.ts";
import { withProgress } from "./with-progress.ts";

export type ExplainFlags = CommonFlags &
  ProgressFlags & {
    readonly at: string;
    readonly pairs?: readonly string[];
    readonly runs?: string;
    readonly trust?: true;
  };

/** `kiwi explain`: everything that was decided on one bar of a stored run. */
export async function explainCommand(shell: Shell, name: string, flags: ExplainFlags): Promise<number> {
  const timeMs = readDay(flags.at, "--at");
  const { manifest, folder } = await readRun(await runsFolder(shell, flags.runs), name);
  refuseStrangersCode(manifest, {
    folder: shell.folder,
    runFolder: folder,
    isTrusted: flags.trust === true,
  });
  const question = { symbol: flags.pairs?.[0], timeMs };
  const { explanation, changes } = await withProgress(shell, flags, jobs.explain, { manifest, question });
  for (const change of changes) shell.err(`warning ${change}: this may not be what happened then`);
  if (flags.json === true)
    shell.out(envelope("explain@1", { runId: manifest.runId, changes, ...explanation }));
  else shell.out(explanationText(manifest.runId, explanation));
  return 0;
}
