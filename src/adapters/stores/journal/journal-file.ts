import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { assert } from "../../../base/assert.ts";
import { journalKinds, type JournalRecord, type JournalStore } from "../../../ports/journal-store.ts";
import { brokenJournal, diskFailed } from "./journal-errors.ts";
import { frameOf, journalMagic, readFrame } from "./journal-frames.ts";

/**
 * A journal in a file of records with their length and checksums. Opening a file that exists goes on at its end: a
 * record that its writer did not finish is cut off and kept beside the file. Throws `JOURNAL_BROKEN` for a file that
 * was changed, `DISK_FAILED` for a disk that does not take it.
 */
export function openJournalFile(path: string): JournalStore {
  const endAt = mendEnd(path);
  return new JournalFile(path, endAt);
}

class JournalFile implements JournalStore {
  private readonly path: string;
  private readonly descriptor: number;
  private failure: unknown = null;
  private hasUnsynced = false;
  private isClosed = false;

  constructor(path: string, endAt: number) {
    this.path = path;
    this.descriptor = this.guard(() => openSync(path, "a"));
    if (endAt > 0) return;
    this.write(journalMagic);
    this.guard(() => fsyncSync(this.descriptor));
    syncFolder(dirname(path));
  }

  append(record: JournalRecord): void {
    this.write(frameOf(Buffer.from(JSON.stringify(record, writeNumber), "utf8")));
    this.hasUnsynced = true;
  }

  /** One sync for everything that was appended since the last. */
  sync(): void {
    this.guard(() => {
      if (this.hasUnsynced) fdatasyncSync(this.descriptor);
    });
    this.hasUnsynced = false;
  }

  read(): Iterable<JournalRecord> {
    return readRecords(this.path);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    closeSync(this.descriptor);
  }

  /** A disk may take a part of what it is given and no more. */
  private write(bytes: Buffer): void {
    assert(!this.isClosed, "a journal is written while it is open");
    this.guard(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
    });
  }

  /** What failed once is never tried again: after a failed sync nobody knows what is on the disk. */
  private guard<T>(work: () => T): T {
    if (this.failure !== null) throw diskFailed(this.path, this.failure);
    try {
      return work();
    } catch (cause) {
      this.failure = cause;
      throw diskFailed(this.path, cause);
    }
  }
}

/** Makes sure that a file ends with a whole record; returns where, 0 for a file that is new. */
function mendEnd(path: string): number {
  const bytes = readIfThere(path);
  if (bytes === null || bytes.length === 0) return 0;
  if (bytes.length < journalMagic.length && journalMagic.subarray(0, bytes.length).equals(bytes))
    return cutOff(path, bytes, 0);
  checkMagic(path, bytes);
  let at: number = journalMagic.length;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    if (frame.kind === "torn") return cutOff(path, bytes, at);
    if (frame.kind === "broken") throw brokenJournal(path, at, "the record there is not what was written");
    at = frame.endAt;
  }
  return at;
}

/** The rest of a record that was not finished is kept: somebody may want to know what it was. */
function cutOff(path: string, bytes: Buffer, at: number): number {
  try {
    writeFileSync(`${path}.torn-${at}`, bytes.subarray(at), { flush: true });
    const descriptor = openSync(path, "r+");
    ftruncateSync(descriptor, at);
    fsyncSync(descriptor);
    closeSync(descriptor);
  } catch (cause) {
    throw diskFailed(path, cause);
  }
  return at;
}

function checkMagic(path: string, bytes: Buffer): void {
  if (bytes.subarray(0, journalMagic.length).equals(journalMagic)) return;
  const isOlder = bytes[0] === 0x7b;
  throw brokenJournal(
    path,
    0,
    isOlder ? "it was written by a Kiwi before 0.2, line by line" : "it is not a journal of Kiwi",
  );
}

function* readRecords(path: string): Generator<JournalRecord> {
  const bytes = readFileSync(path);
  checkMagic(path, bytes);
  for (let at: number = journalMagic.length; at < bytes.length;) {
    const frame = readFrame(bytes, at);
    if (frame.kind !== "whole") throw brokenJournal(path, at, "the record there is not what was written");
    yield recordIn(frame.payload.toString("utf8"), path, at);
    at = frame.endAt;
  }
}

function recordIn(text: string, path: string, at: number): JournalRecord {
  // Looking at every value is slow, and few records have one of those numbers.
  const record = JSON.parse(text, text.includes('{"number":"') ? readNumber : undefined) as JournalRecord;
  if (journalKinds.has(record.kind)) return record;
  throw brokenJournal(
    path,
    at,
    `its record "${String(record.kind)}" is of a kind that only another Kiwi knows`,
  );
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Makes the name of a new file durable. Windows has no such thing and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** JSON has no word for these three; orders that never expire have one of them. */
function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}

function readNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  return Number(value.number);
}
