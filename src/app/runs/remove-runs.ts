import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { runIdNamed, runIds } from "../../adapters/stores/runs/read-runs.ts";

/**
 * Removes runs from a store by id, the beginning or end of one, or `last`, all of them or, where one is unknown, none.
 * Returns their ids. Throws `RUN_UNKNOWN` and `RUN_AMBIGUOUS`.
 */
export async function removeRuns(root: string, names: readonly string[]): Promise<readonly string[]> {
  const ids = await Promise.all(names.map((name) => runIdNamed(root, name, removableIds)));
  return removeAll(root, [...new Set(ids)]);
}

/** Removes all runs of a store but the newest `keep`. Returns their ids, the oldest first. */
export async function removeOldRuns(root: string, keep: number): Promise<readonly string[]> {
  const ids = await removableIds(root);
  return removeAll(root, ids.slice(0, Math.max(0, ids.length - keep)));
}

/** Folders that Kiwi has written: whatever else lies in the folder is nobody's to remove. A damaged run still has its manifest. */
async function removableIds(root: string): Promise<readonly string[]> {
  const ids = await runIds(root);
  const isRun = (id: string): Promise<boolean> =>
    access(join(root, id, "manifest.json")).then(
      () => true,
      () => false,
    );
  const found = await Promise.all(ids.map(isRun));
  return ids.filter((_, k) => found[k]);
}

async function removeAll(root: string, ids: readonly string[]): Promise<readonly string[]> {
  for (const id of ids) await rm(join(root, id), { recursive: true });
  return ids;
}
