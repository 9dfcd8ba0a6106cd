import { statSync } from "node:fs";
import { assert } from "../../../base/assert.ts";
import type { KiwiError } from "../../../base/errors.ts";
import type { JournalRecord, JournalStore } from "../../../ports/journal-store.ts";
import { fileDisk, type JournalDisk } from "./journal-disk.ts";
import { brokenJournal, diskFailed } from "./journal-errors.ts";
import { FrameReader, frameOf, journalMagic } from "./journal-frames.ts";
import { recordIn, textOf } from "./journal-text.ts";

/**
 * A journal that somebody else may be writing, to be read and no more: what is there now, to the last whole record. Throws
 * `JOURNAL_BROKEN` while it is read, and ENOENT.
 */
export function readJournalFile(path: string): JournalStore {
  const disk = fileDisk(path);
  const endAt = statSync(path).size;
  const closed = (): void => assert(false, "this journal is only read");
  return { append: closed, sync: closed, read: () => readRecords(disk, endAt), close() {} };
}

/** A journal in a file, as `openJournal` says. */
export function openJournalFile(path: string): JournalStore {
  return openJournal(fileDisk(path));
}

/**
 * A journal of records with their length and checksums. Opening one that exists goes on at its end: a record that its
 * writer did not finish is cut off and kept beside the file. Throws `JOURNAL_BROKEN` for a file that was changed,
 * `DISK_FAILED` for a disk that does not take it.
 */
export function openJournal(disk: JournalDisk): JournalStore {
  return new Journal(disk, mendEnd(disk));
}

class Journal implements JournalStore {
  private readonly disk: JournalDisk;
  private failure: unknown = null;
  private hasUnsynced = false;
  private isClosed = false;

  constructor(disk: JournalDisk, endAt: number) {
    this.disk = disk;
    this.guard(() => disk.open());
    if (endAt > 0) return;
    this.guard(() => {
      disk.append(journalMagic);
      disk.syncNew();
    });
  }

  append(record: JournalRecord): void {
    assert(!this.isClosed, "a journal is written while it is open");
    this.guard(() => this.disk.append(frameOf(textOf(record))));
    this.hasUnsynced = true;
  }

  /** One sync for everything that was appended since the last. */
  sync(): void {
    this.guard(() => {
      if (this.hasUnsynced) this.disk.sync();
    });
    this.hasUnsynced = false;
  }

  read(): Iterable<JournalRecord> {
    return readRecords(this.disk);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.disk.close();
  }

  /** What failed once is never tried again: after a failed sync nobody knows what is on the disk. */
  private guard(work: () => void): void {
    if (this.failure !== null) throw diskFailed(this.disk.path, this.failure);
    try {
      work();
    } catch (cause) {
      this.failure = cause;
      throw diskFailed(this.disk.path, cause);
    }
  }
}

/** Makes sure that a file ends with a whole record; returns where, 0 for a file that is new. */
function mendEnd(disk: JournalDisk): number {
  const frames = new FrameReader(disk, disk.size());
  if (frames.endAt === 0) return 0;
  const magic = frames.magic();
  if (magic.length < journalMagic.length && journalMagic.subarray(0, magic.length).equals(magic))
    return cutOff(disk, magic, 0);
  checkMagic(disk.path, magic);
  for (let frame = frames.next(); frame !== null; frame = frames.next()) {
    if (frame.kind === "torn") return cutOff(disk, frames.rest(), frames.at);
    if (frame.kind === "broken") throw notAsWritten(disk.path, frames.at);
  }
  return frames.at;
}

/** The rest of a record that was not finished is kept: somebody may want to know what it was. */
function cutOff(disk: JournalDisk, rest: Buffer, at: number): number {
  try {
    disk.cutOff(at, rest);
  } catch (cause) {
    throw diskFailed(disk.path, cause);
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

/** Up to `openEndAt` somebody may just have been writing: a record that is not finished is the end. */
function* readRecords(disk: JournalDisk, openEndAt: number | null = null): Generator<JournalRecord> {
  const { path } = disk;
  const frames = new FrameReader(disk, openEndAt ?? disk.size());
  if (frames.endAt === 0) return;
  checkMagic(path, frames.magic());
  for (let at = frames.at, frame = frames.next(); frame !== null; at = frames.at, frame = frames.next()) {
    if (frame.kind === "torn" && openEndAt !== null) return;
    if (frame.kind !== "whole") throw notAsWritten(path, at);
    const record = recordIn(frame.payload.toString("utf8"));
    if (typeof record === "string")
      throw brokenJournal(path, at, `its record "${record}" is of a kind that only another Kiwi knows`);
    yield record;
  }
}

function notAsWritten(path: string, at: number): KiwiError {
  return brokenJournal(path, at, "the record there is not what was written");
}
