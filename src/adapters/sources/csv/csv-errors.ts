import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nearest } from "../../../base/nearest.ts";
import { shellWord } from "../../../base/shell-word.ts";
import { KiwiError, type ErrorParts } from "../../../base/errors.ts";

/** The parts of an error about a file that differ from case to case. */
type CsvErrorParts = Pick<ErrorParts, "code" | "message" | "why" | "fix">;

/** An error about the data in a file: exit `data`, help topic `csv`. */
export function csvError(parts: CsvErrorParts, cause?: unknown): KiwiError {
  return new KiwiError({ ...parts, exit: "data", topic: "csv" }, { cause });
}

function emptyFolder(path: string): KiwiError {
  return csvError({
    code: "FILE_NOT_FOUND",
    message: `the folder ${path} holds no CSV file`,
    why: "bars are read from .csv and .txt, plain or with .gz or .zip behind it",
    fix: `put a CSV file there, or name another folder   (ls -a ${shellWord(path)} shows what is in it)`,
  });
}

/** `FILE_NOT_FOUND`, with the file whose name comes nearest. */
export async function fileNotFound(path: string): Promise<KiwiError> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => null);
  if (names === null) {
    return csvError({
      code: "FILE_NOT_FOUND",
      message: `there is no file ${path}`,
      why: `the folder ${folder} does not exist either`,
      fix: `check the path: it is looked up from the folder you are in`,
    });
  }
  const csvNames = names.filter((name) => /\.csv(\.gz|\.zip)?$/i.test(name)).sort();
  // A folder that is there and holds nothing is not a slip of the fingers.
  if (names.includes(basename(path))) return emptyFolder(path);
  const near = nearest(basename(path), names);
  return csvError({
    code: "FILE_NOT_FOUND",
    message: `there is no CSV file ${path}`,
    why:
      names.length === 0
        ? `the folder ${folder} is empty`
        : `the folder ${folder} holds ${csvNames.length === 0 ? `${names.length} other names` : `${csvNames.slice(0, 5).join(", ")}${csvNames.length > 5 ? " ..." : ""}`}`,
    fix:
      near === null
        ? "put a CSV file there, or give the path of another"
        : `did you mean ${join(folder, near)}?`,
  });
}
