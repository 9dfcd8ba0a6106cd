import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

/** End of the names of files that are being written. */
export const partialSuffix = ".partial";

/**
 * Replaces a file so that it is there whole, old or new, whatever happens: aside, synced, renamed into place. The
 * pieces are written one after the other.
 */
export async function replaceFile(path: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  const aside = path + partialSuffix;
  try {
    await withFile(aside, "w", async (file) => {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    });
    await rename(aside, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    // What went wrong first is what a person has to know.
    await rm(aside, { force: true }).catch(() => {});
    throw cause;
  }
}

/** Does work with an open file and closes it. Of several failures the first one is thrown. */
export async function withFile<T>(
  path: string,
  flags: string,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags);
  let result: T;
  try {
    result = await work(file);
  } catch (cause) {
    await file.close().catch(() => {});
    throw cause;
  }
  await file.close();
  return result;
}

/** Waits until the bytes of a file are on the disk, whoever wrote them. */
export async function syncFile(path: string): Promise<void> {
  await withFile(path, "r+", async (file) => file.sync());
}

/** Makes the names in a folder durable. Windows has no such thing and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  await withFile(folder, "r", async (file) => file.sync());
}
