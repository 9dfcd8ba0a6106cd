import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** End of the names of files that are being written. */
export const partialSuffix = ".partial";

/**
 * Replaces a file so that it is there whole, old or new, whatever happens: aside, synced, renamed into place. The
 * pieces are written one after the other.
 */
export async function replaceFile(path: string, pieces: Iterable<string>): Promise<void> {
  const aside = path + partialSuffix;
  try {
    const file = await open(aside, "w");
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(aside, { force: true });
    throw cause;
  }
}

/** Waits until the bytes of a file are on the disk, whoever wrote them. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder durable. Windows has no such thing and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
