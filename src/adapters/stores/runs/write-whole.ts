import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { storeError } from "./store-errors.ts";

/**
 * Writes a file so that it is there whole or not at all: aside, synced, then renamed into place. Synchronous, so
 * that nothing can come between. Throws `DISK_FULL` or `NOT_WRITABLE`.
 */
export function writeWhole(path: string, data: string | Uint8Array): void {
  const aside = `${path}.partial`;
  try {
    writeSynced(aside, typeof data === "string" ? Buffer.from(data) : data);
    renameSync(aside, path);
    syncFolder(dirname(path));
  } catch (cause) {
    // What went wrong first is what a person has to know.
    try {
      rmSync(aside, { force: true });
    } catch {
      // It is left behind, and the next run writes over it.
    }
    throw storeError(path, cause);
  }
}

/** Writes bytes and waits until they are on the disk. */
export function writeSynced(path: string, bytes: Uint8Array): void {
  const file = openSync(path, "w");
  try {
    // A write may take fewer bytes than it was given, without an error, when the disk is nearly full.
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the names in a folder durable. Windows has no such thing and needs none. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
