import { removeOldRuns, removeRuns } from "../../../app/runs/remove-runs.ts";
import type { CommonFlags } from "../../declare/common-flags.ts";
import { readNumber } from "../../flags/add-flags.ts";
import { invalidFlag } from "../../flags/flag-errors.ts";
import { envelope } from "../../output/json.ts";
import type { Shell } from "../../shell.ts";
import { runsFolder } from "../runs-folder.ts";

export type RunsRemoveFlags = CommonFlags & { readonly runs?: string };
export type RunsGcFlags = RunsRemoveFlags & { readonly keep: string };

/** `kiwi runs rm`: removes the runs that are named, or none where one of them is unknown. */
export async function runsRemoveCommand(
  shell: Shell,
  names: readonly string[],
  flags: RunsRemoveFlags,
): Promise<number> {
  const root = await runsFolder(shell, flags.runs);
  return tell(shell, flags, root, await removeRuns(root, names));
}

/** `kiwi runs gc`: keeps the newest runs and removes the others. What they counted as trials stays counted. */
export async function runsGcCommand(shell: Shell, flags: RunsGcFlags): Promise<number> {
  const keep = readNumber("--keep", flags.keep);
  if (!Number.isInteger(keep) || keep < 0)
    throw invalidFlag("--keep", flags.keep, "a whole number from 0 up");
  const root = await runsFolder(shell, flags.runs);
  return tell(shell, flags, root, await removeOldRuns(root, keep));
}

function tell(shell: Shell, flags: RunsRemoveFlags, root: string, removed: readonly string[]): number {
  if (flags.json === true) shell.out(envelope("runs-removed@1", { folder: root, removed }));
  else
    shell.out([...removed.map((id) => `removed ${id}`), `${removed.length} removed from ${root}`].join("\n"));
  return 0;
}
