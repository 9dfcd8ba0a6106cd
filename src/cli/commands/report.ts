import { jobs } from "../../app/jobs/job-table.ts";
import { resolve } from "node:path";
import { readRun } from "../../adapters/stores/runs/read-runs.ts";
import { refuseStrangersCode } from "../../app/runs/refuse-strangers-code.ts";
import type { CommonFlags, ProgressFlags } from "../declare/common-flags.ts";
import { envelope } from "../output/json.ts";
import { openFile } from "../output/open-file.ts";
import type { Shell } from "../shell.ts";
import { runsFolder } from "./runs-folder.ts";
import { withProgress } from "./with-progress.ts";

export type ReportFlags = CommonFlags &
  ProgressFlags & {
    readonly format?: readonly string[];
    readonly out?: string;
    readonly runs?: string;
    readonly trust?: true;
    readonly open?: true;
  };

/** `kiwi report`: makes the report of a stored run again, and says when the run is no longer the same. */
export async function reportCommand(shell: Shell, name: string, flags: ReportFlags): Promise<number> {
  const stored = await readRun(await runsFolder(shell, flags.runs), name);
  refuseStrangersCode(stored.manifest, {
    folder: shell.folder,
    runFolder: stored.folder,
    isTrusted: flags.trust === true,
  });
  const out = flags.out === undefined ? stored.folder : resolve(shell.folder, flags.out);
  const { manifest } = stored;
  const input = { manifest, formats: flags.format ?? ["html"], out, workFolder: shell.folder };
  const { paths, changes } = await withProgress(shell, flags, jobs.report, input);
  for (const change of changes) shell.err(`warning ${change}`);
  if (flags.json === true)
    shell.out(envelope("report@1", { runId: manifest.runId, changes, artifacts: paths }));
  else for (const [format, path] of Object.entries(paths)) shell.out(`${format.padEnd(6)}${path}`);
  const html = paths["html"];
  if (flags.open === true && html !== undefined) openFile(html);
  return 0;
}
