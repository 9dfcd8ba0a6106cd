import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hourMs } from "../../../base/time.ts";
import { makeFolder } from "./make-folder.ts";
import { storeError } from "./store-errors.ts";
import { syncFolder, writeSynced } from "./write-whole.ts";

const partial = /^\..+\.partial$/;

/** A run id that is not taken: `20260304-120501-250-3fa2b1`, UTC, so that ids sort by time; a number is appended where one is. */
export function freeRunId(root: string, nowMs: number, hash: string): string {
  const stamp = new Date(nowMs).toISOString().slice(0, 23).replaceAll(/[-:]/g, "").replaceAll(/[T.]/g, "-");
  const base = `${stamp}-${hash.slice(0, 6)}`;
  for (let count = 1; ; count++) {
    const runId = count === 1 ? base : `${base}-${count}`;
    if (!existsSync(join(root, runId))) return runId;
  }
}

/**
 * Writes the files of a run into `root/runId`: all of them or none, for the folder gets its name only when every
 * file is on the disk. Returns the folder. Throws `DISK_FULL` or `NOT_WRITABLE`.
 */
export function saveRun(
  root: string,
  runId: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string {
  const folder = join(root, runId);
  const aside = join(root, `.${runId}.partial`);
  try {
    makeFolder(root);
    removeLeftovers(root);
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside);
    for (const [name, data] of Object.entries(files))
      writeSynced(join(aside, name), typeof data === "string" ? Buffer.from(data) : data);
    syncFolder(aside);
    renameSync(aside, folder);
    syncFolder(root);
  } catch (cause) {
    rmSync(aside, { recursive: true, force: true });
    throw storeError(folder, cause);
  }
  return folder;
}

/** Folders of runs that were killed while writing; an hour is longer than any writing takes. */
function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) {
    if (!partial.test(name)) continue;
    const path = join(root, name);
    // Chance of another process writing right now: leave what is young.
    if (Date.now() - statSync(path).mtimeMs > hourMs) rmSync(path, { recursive: true, force: true });
  }
}
