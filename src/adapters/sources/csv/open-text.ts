import { open, stat } from "node:fs/promises";
import { TextDecoder } from "node:util";
import { csvError, fileNotFound } from "./csv-errors.ts";
import { fileEmpty, unpacked } from "./unpack.ts";
import { shellWord } from "../../../base/shell-word.ts";

const lineFeed = 10;
const carriageReturn = 13;
/** No row of a table is longer; text without line feeds would be gathered until the memory is full. */
const lineBytesMax = 1 << 20;

/**
 * The text of a file in pieces of about a megabyte, unpacked as they are asked for: gzip and zip are known by their
 * first bytes, not by the name. UTF-16 comes out as single bytes; a byte order mark is left out; lines that end with a
 * carriage return alone, as old programs for the Mac write them, end with a line feed.
 * Throws `FILE_NOT_FOUND`, `FILE_EMPTY`, `FILE_UNREADABLE`, `FILE_TRUNCATED`, `FILE_CORRUPT`, `CSV_NOT_TEXT`, `CSV_LINE_TOO_LONG`.
 */
export async function* openText(path: string): AsyncGenerator<Uint8Array> {
  const head = await readHead(path);
  let isFirst = true;
  let wide: TextDecoder | null = null;
  let openBytes = 0;
  let hasFeeds = true;
  for await (const piece of unpacked(path, head)) {
    if (isFirst) wide = utf16Decoder(piece);
    if (isFirst && wide === null) refuseBinary(path, piece);
    const bytes = isFirst && wide === null ? withoutMark(piece) : piece;
    const raw = wide === null ? bytes : Buffer.from(wide.decode(piece, { stream: true }));
    if (isFirst) hasFeeds = raw.includes(lineFeed) || !raw.includes(carriageReturn);
    const text = hasFeeds ? raw : raw.map((byte) => (byte === carriageReturn ? lineFeed : byte));
    openBytes = bytesAfterLine(path, text, openBytes);
    yield text;
    isFirst = false;
  }
}

/** Bytes since the last line feed, `before` of them in earlier pieces. Throws `CSV_LINE_TOO_LONG`. */
function bytesAfterLine(path: string, piece: Uint8Array, before: number): number {
  const firstEnd = piece.indexOf(lineFeed);
  const isTooLong = before + (firstEnd < 0 ? piece.length : firstEnd) > lineBytesMax;
  if (!isTooLong)
    return firstEnd < 0 ? before + piece.length : piece.length - 1 - piece.lastIndexOf(lineFeed);
  throw csvError({
    code: "CSV_LINE_TOO_LONG",
    message: `${path} has a line of more than ${lineBytesMax >> 20} MiB`,
    why: "bars are read from text, one row per line; this is no table, or its line feeds were lost",
    fix: `look at its beginning: head -c 300 ${shellWord(path)}`,
  });
}

/** Texts of the wanted lines, the first is 1; lines past the end are missing from the result. */
export async function readLines(path: string, wanted: ReadonlySet<number>): Promise<Map<number, string>> {
  const texts = new Map<number, string>();
  let line = 1;
  let rest = "";
  for await (const piece of openText(path)) {
    let start = 0;
    for (let end = piece.indexOf(lineFeed); end >= 0; end = piece.indexOf(lineFeed, start)) {
      if (wanted.has(line)) texts.set(line, (rest + decode(piece, start, end)).trimEnd());
      rest = "";
      start = end + 1;
      line += 1;
    }
    rest += decode(piece, start, piece.length);
    if (texts.size === wanted.size) return texts;
  }
  if (wanted.has(line)) texts.set(line, rest.trimEnd());
  return texts;
}

async function readHead(path: string): Promise<Uint8Array> {
  const info = await stat(path).catch(() => null);
  if (info === null) throw await fileNotFound(path);
  if (!info.isFile()) {
    throw csvError({
      code: "FILE_NOT_FOUND",
      message: `${path} is a folder`,
      why: "one file was expected here",
      fix: `name a file in it: ls ${shellWord(path)}`,
    });
  }
  if (info.size === 0) throw fileEmpty(path);
  try {
    const file = await open(path);
    const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
    await file.close();
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw csvError(
      {
        code: "FILE_UNREADABLE",
        message: `${path} cannot be opened`,
        why: cause instanceof Error ? cause.message : String(cause),
        fix: `allow reading it: chmod u+r ${shellWord(path)}`,
      },
      cause,
    );
  }
}

/** Scripts of MetaTrader write UTF-16 with a byte order mark. */
function utf16Decoder(piece: Uint8Array): TextDecoder | null {
  if (piece[0] === 0xff && piece[1] === 0xfe) return new TextDecoder("utf-16le");
  return piece[0] === 0xfe && piece[1] === 0xff ? new TextDecoder("utf-16be") : null;
}

function refuseBinary(path: string, piece: Uint8Array): void {
  if (!piece.subarray(0, 4096).includes(0)) return;
  const isParquet = String.fromCharCode(...piece.subarray(0, 4)) === "PAR1";
  throw csvError({
    code: "CSV_NOT_TEXT",
    message: `${path} is ${isParquet ? "a Parquet file" : "not text"}`,
    why: "bars are read from text, one row per line, and this file begins with binary data",
    fix: "export it as CSV with the columns time,open,high,low,close,volume",
  });
}

function withoutMark(piece: Uint8Array): Uint8Array {
  return piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf ? piece.subarray(3) : piece;
}

function decode(piece: Uint8Array, start: number, end: number): string {
  return Buffer.from(piece.buffer, piece.byteOffset + start, end - start).toString("utf8");
}
