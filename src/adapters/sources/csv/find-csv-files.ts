import { glob, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileNotFound } from "./csv-errors.ts";

const dataFile = /\.(csv|txt)(\.gz|\.zip)?$/i;
/** Texts about the data that people put beside them. */
const aboutTheData = /^(readme|licen[cs]e|notice|source|changelog|changes|authors)\b.*\.txt$/i;

/**
 * The CSV files behind a path: the file itself, every `.csv` and `.txt` (also `.gz`, `.zip`) of a folder, or what a
 * pattern with `*` matches; sorted by name. Throws `FILE_NOT_FOUND` when that is none.
 */
export async function findCsvFiles(pathOrFolder: string): Promise<string[]> {
  const kind = await stat(pathOrFolder).catch(() => null);
  if (kind?.isFile() === true) return [pathOrFolder];
  const found: string[] = [];
  if (kind?.isDirectory() === true) {
    const names = await readdir(pathOrFolder);
    for (const name of names) if (isDataFile(name)) found.push(join(pathOrFolder, name));
  } else if (/[*?[{]/.test(pathOrFolder)) {
    for await (const path of glob(pathOrFolder)) found.push(path);
  }
  if (found.length === 0) throw await fileNotFound(pathOrFolder);
  return found.sort();
}

function isDataFile(name: string): boolean {
  return dataFile.test(name) && !aboutTheData.test(name) && !name.startsWith(".");
}
