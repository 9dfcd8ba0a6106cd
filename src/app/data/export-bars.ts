import { createWriteStream } from "node:fs";
import { open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { writeFault } from "../../adapters/stores/bars/bar-store-errors.ts";
import { KiwiError } from "../../base/errors.ts";
import { barFields, type Bars } from "../../domain/bars.ts";
import { shellWord } from "../../base/shell-word.ts";

/** Rows per piece of text: pieces of a few hundred kilobytes. */
const pieceRows = 4096;

/**
 * Writes bars as a CSV file, gzipped where its name ends in `.gz`: stamps name the close, numbers are the shortest that
 * read back to the last bit. The file appears whole or not at all. Throws `FILE_EXISTS`, `DISK_FULL` and
 * `STORE_NOT_WRITABLE`.
 * Writes regular files only: `FILE_IRREGULAR` for anything else that stands there.
 */
export async function exportBars(bars: Bars, path: string, isOverwritten: boolean): Promise<void> {
  const there = await stat(path).catch(() => null);
  // What is renamed into the place of a device or a pipe is lost to everybody who uses it.
  if (there !== null && !there.isFile()) throw noFile(path);
  if (there !== null && !isOverwritten) throw fileExists(path);
  // A link to a file stays one.
  const target = await realpath(path).catch(() => path);
  const aside = `${target}.partial`;
  try {
    const text = Readable.from(textOf(bars));
    if (path.endsWith(".gz")) await pipeline(text, createGzip(), createWriteStream(aside));
    else await pipeline(text, createWriteStream(aside));
    const file = await open(aside, "r+");
    await file.sync().finally(() => file.close());
    await rename(aside, target);
  } catch (cause) {
    await rm(aside, { force: true }).catch(() => {});
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") throw noFolder(path);
    throw writeFault(path, cause);
  }
}

function* textOf(bars: Bars): Generator<string> {
  yield `close_time,${barFields.join(",")}\n`;
  for (let from = 0; from < bars.length; from += pieceRows) {
    let text = "";
    for (let row = from; row < Math.min(bars.length, from + pieceRows); row++) {
      const time = new Date(bars.closeTimeMs[row]!).toISOString().replace(".000Z", "Z");
      text += `${time},${barFields.map((field) => bars[field][row]).join(",")}\n`;
    }
    yield text;
  }
}

function noFolder(path: string): KiwiError {
  return new KiwiError({
    code: "FOLDER_NOT_FOUND",
    exit: "usage",
    message: `${path} cannot be written: there is no folder ${dirname(path)}`,
    why: "an export makes no folders by itself, so that a mistyped one does not go unnoticed",
    fix: `mkdir -p ${shellWord(dirname(path))}   (or name another file with --to-file)`,
    topic: "download",
  });
}

function noFile(path: string): KiwiError {
  return new KiwiError({
    code: "FILE_IRREGULAR",
    exit: "usage",
    message: `${path} is no regular file`,
    why: "an export appears whole or not at all, which a folder, a device or a pipe cannot do",
    fix: "name a file with --to-file, then read it: cat FILE",
    topic: "download",
  });
}

function fileExists(path: string): KiwiError {
  return new KiwiError({
    code: "FILE_EXISTS",
    exit: "usage",
    message: `${path} is there already`,
    why: "an export writes over no file by itself",
    fix: "name another file with --to-file, or add --overwrite",
    topic: "download",
  });
}
