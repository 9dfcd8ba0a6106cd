import { existsSync, renameSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileDisk, type JournalDisk } from "../../adapters/stores/journal/journal-disk.ts";
import { makeFolder } from "../../adapters/stores/runs/make-folder.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { bytesOf, canonicalJson, sha256, sha256Of } from "../../base/hash.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";
import type { BookEntry } from "../../emulator/exchange/exchange-calls.ts";
import { takeLock } from "../../robot/account-lock.ts";
import type { KiwiConfig } from "../config/config-schema.ts";
import { booksBroken, booksBusy, booksFailed, booksOfOther } from "./books-errors.ts";
import type { EmulatorOptions } from "./emulator-options.ts";

/** What a tape looked like when books were begun: its first rows must be the same again. */
type TapeMark = { readonly symbol: string; readonly rows: number; readonly sha256: string };

/** What stands in front of the entries: enough to build the same exchange again. */
export type BooksHead = {
  readonly schema: "emulator-books@1";
  readonly terms: Readonly<Record<string, unknown>>;
  readonly tapes: readonly TapeMark[];
  /** How far the bars were moved towards the present, and until when they are history. */
  readonly shiftMs: number;
  readonly historyMs: number;
};

/** The books of an emulated venue in a file: a head, then one line for each thing that came from outside. */
export type EmulatorBooks = {
  readonly path: string;
  /** Null for books that are new. */
  readonly head: BooksHead | null;
  readonly entries: readonly BookEntry[];
  readonly begin: (head: BooksHead) => void;
  /** Writes a line. What somebody asked for is on the disk when this returns. Throws `DISK_FAILED`. */
  readonly write: (entry: BookEntry) => void;
  readonly close: () => void;
};

/** Where an emulator keeps its books by default: the same command finds the same file; null where it keeps none. */
export function usualBooks(folder: string, config: KiwiConfig, options: EmulatorOptions): string | null {
  const { venue, pace, port } = options;
  // A market that a test moves begins anew with it, and to a port that was free by chance nobody comes back.
  if (pace.kind !== "real" || port === 0) return null;
  const { data, pairs, timeframe, from, to } = config;
  const command = { ...termsOf(config, options), port, data, pairs, timeframe, from, to };
  const name = `${venue}-${sha256(canonicalJson(command)).slice(0, 8)}.jsonl`;
  return join(resolve(folder), ".kiwi", "emulator", "books", name);
}

/** What must be the same for books to give the same account again, tapes apart. */
export function termsOf(
  { account, costs, instruments, seed }: KiwiConfig,
  { venue, positionMode }: EmulatorOptions,
): BooksHead["terms"] {
  // By way of JSON, as they will be read.
  return JSON.parse(
    JSON.stringify({ venue, positionMode, seed, account, costs, instruments }),
  ) as BooksHead["terms"];
}

/** Marks of tapes as they were loaded, before they are moved. */
export function tapeMarks(
  tapes: readonly Bars[],
  rowsOf: (index: number) => number = (index) => tapes[index]!.length,
): readonly TapeMark[] {
  return tapes.map(({ symbol, closeTimeMs, open, high, low, close, volume }, index) => {
    const rows = rowsOf(index);
    const columns = [closeTimeMs, open, high, low, close, volume].map((column) => bytesOf(column, rows));
    return { symbol, rows, sha256: sha256Of(columns) };
  });
}

/** Opens books; `isFresh` puts those that are there aside. Throws `EMULATOR_BOOKS`. */
export function openBooks(path: string, isFresh: boolean): EmulatorBooks {
  makeFolder(dirname(path));
  const lock = takeLock(dirname(path), basename(path), {
    sinceMs: systemClock.nowMs(),
    what: "kiwi emulator",
  });
  if (lock === null) throw booksBusy(path);
  try {
    if (isFresh && existsSync(path)) renameSync(path, `${path}.before`);
    const disk = fileDisk(path);
    const [head = null, ...entries] = readLines(disk);
    disk.open();
    let isOpen = true;
    return {
      path,
      head: head as BooksHead | null,
      entries: entries as readonly BookEntry[],
      begin: (newHead) => writeLine(disk, newHead, "new"),
      write: (entry) => writeLine(disk, entry, isAsked(entry) ? "asked" : "follows"),
      close() {
        if (isOpen) disk.close();
        isOpen = false;
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error instanceof KiwiError ? error : booksFailed(path, error);
  }
}

/** Throws `EMULATOR_BOOKS` where books are not of this exchange. */
export function checkHead(
  { path, head }: EmulatorBooks,
  terms: BooksHead["terms"],
  tapes: readonly Bars[],
): void {
  if (head === null) return;
  if (head.schema !== "emulator-books@1")
    throw booksBroken(path, 1, "they are of a kind that another Kiwi writes");
  for (const name of Object.keys({ ...head.terms, ...terms }))
    if (canonicalJson(head.terms[name] ?? null) !== canonicalJson(terms[name] ?? null))
      throw booksOfOther(path, `${name} is not what it was`);
  const rowsOf = (index: number): number => Math.min(head.tapes[index]?.rows ?? 0, tapes[index]!.length);
  if (canonicalJson(tapeMarks(tapes, rowsOf)) !== canonicalJson(head.tapes))
    throw booksOfOther(path, "the bars of --data are not those that it traded on");
}

/** Orders and changes are synced; what follows from the tape is played again where the power went. */
function isAsked({ call }: BookEntry): boolean {
  return call !== "advance" && call !== "filled";
}

function writeLine(disk: JournalDisk, value: BookEntry | BooksHead, kind: "new" | "asked" | "follows"): void {
  try {
    disk.append(Buffer.from(`${bookLine(value)}\n`));
    if (kind === "new") disk.syncNew();
    else if (kind === "asked") disk.sync();
  } catch (cause) {
    throw booksFailed(disk.path, cause);
  }
}

/** The lines that are whole; one that a crash cut short is kept aside. */
function readLines(disk: JournalDisk): readonly unknown[] {
  const size = disk.size();
  if (size === 0) return [];
  const bytes = disk.readAt(0, size);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) disk.cutOff(end, bytes.subarray(end));
  return bytes
    .toString("utf8", 0, end)
    .split("\n")
    .slice(0, -1)
    .map((line, index) => {
      try {
        return readBookLine(line);
      } catch {
        throw booksBroken(disk.path, index + 1, "it is not what was written");
      }
    });
}

/** A line of the books, without its end. */
export function bookLine(value: BookEntry | BooksHead): string {
  return JSON.stringify(value);
}

/** What stands in a line. JSON writes the time of an order that never expires as null. */
export function readBookLine(line: string): BookEntry {
  return JSON.parse(line, (key, value: unknown) =>
    key === "expireTimeMs" && value === null ? Infinity : value,
  ) as BookEntry;
}
