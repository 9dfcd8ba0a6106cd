import { stat } from "node:fs/promises";
import { join } from "node:path";
import { folderMissing } from "./terminal-errors.ts";

/** The folder `DWX` in `MQL5/Files`, or that folder itself. Throws `TERMINAL_FOLDER_MISSING`. */
export async function findTerminalFolder(folder: string): Promise<string> {
  const inside = join(folder, "DWX");
  const isFolder = (path: string): Promise<boolean> =>
    stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (await isFolder(inside)) return inside;
  if (/[\\/]DWX[\\/]?$/.test(folder) && (await isFolder(folder))) return folder;
  throw folderMissing(folder);
}
