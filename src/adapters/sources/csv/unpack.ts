import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { KiwiError } from "../../../base/errors.ts";
import { zipEntries } from "../shared/zip-entries.ts";
import { csvError } from "./csv-errors.ts";
import { shellWord } from "../../../base/shell-word.ts";

const chunkBytes = 1 << 20;
const lineFeed = 10;

/** `FILE_EMPTY`. */
export function fileEmpty(path: string): Error {
  return csvError({
    code: "FILE_EMPTY",
    message: `${path} holds 0 bytes`,
    why: "a download that failed often leaves an empty file behind",
    fix: `fetch or export the file again, and delete this one: rm ${shellWord(path)}`,
  });
}

/**
 * The bytes of a file in pieces, unpacked where its first bytes say gzip or zip.
 * Throws `FILE_EMPTY`, `FILE_TRUNCATED`, `FILE_CORRUPT`, `CSV_ZIP_ENTRIES`, `CSV_NOT_TEXT`.
 */
export async function* unpacked(path: string, head: Uint8Array): AsyncGenerator<Uint8Array> {
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  if (isZip) yield unzip(path, await readFile(path));
  else if (isGzip) yield* gunzip(path);
  else yield* createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Uint8Array>;
}

async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: chunkBytes });
  // The error reaches the loop below through the stream; the callback only keeps it from being thrown twice.
  pipeline(createReadStream(path, { highWaterMark: chunkBytes }), stream, () => {});
  let isEmpty = true;
  try {
    for await (const piece of stream as AsyncIterable<Uint8Array>) {
      isEmpty = false;
      yield piece;
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === "Z_BUF_ERROR") throw await truncated(path, cause);
    if (code?.startsWith("Z_") === true) throw corrupt(path, cause, `gzip -t ${shellWord(path)}`);
    throw cause;
  }
  if (isEmpty) throw fileEmpty(path);
}

/** Counts what can still be unpacked of a gzip file that ends early. */
async function truncated(path: string, cause: unknown): Promise<Error> {
  const stream = createGunzip({ chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
  pipeline(createReadStream(path), stream, () => {});
  let lines = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) lines += 1;
  }
  return csvError(
    {
      code: "FILE_TRUNCATED",
      message: `${path} ends in the middle: ${lines} whole lines (with the header) can be read, the rest is missing`,
      why: "the gzip stream has no end; a download or copy was cut off, and later bars are gone without a trace",
      fix: `fetch the file again (or keep what is there: zcat ${shellWord(path)} | head -n ${lines} > rescued.csv)`,
    },
    cause,
  );
}

function corrupt(path: string, cause: unknown, check: string): Error {
  return csvError(
    {
      code: "FILE_CORRUPT",
      message: `${path} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`,
      why: "its compressed data contradict their own checksum or format",
      fix: `fetch the file again, then check it: ${check}`,
    },
    cause,
  );
}

function unzip(path: string, packed: Uint8Array): Uint8Array {
  try {
    const files = zipEntries(packed).filter(
      ({ name }) => !name.endsWith("/") && !name.startsWith("__MACOSX/"),
    );
    if (files.length !== 1)
      throw notOneEntry(
        path,
        files.map(({ name }) => name),
      );
    return files[0]!.read();
  } catch (cause) {
    throw cause instanceof KiwiError ? cause : corrupt(path, cause, `unzip -t ${shellWord(path)}`);
  }
}

function notOneEntry(path: string, names: readonly string[]): Error {
  const isWorkbook = names.some((name) => name.startsWith("xl/"));
  return csvError({
    code: isWorkbook ? "CSV_NOT_TEXT" : "CSV_ZIP_ENTRIES",
    message: isWorkbook
      ? `${path} is an Excel workbook`
      : `${path} holds ${names.length} files; one was expected`,
    why: isWorkbook
      ? "bars are read from text, one row per line"
      : "which of them is meant cannot be guessed",
    fix: isWorkbook
      ? "save the sheet as CSV"
      : `unpack it and name the folder: unzip ${shellWord(path)} -d bars`,
  });
}
