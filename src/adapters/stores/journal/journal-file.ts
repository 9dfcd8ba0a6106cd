import { assert } from "../../../base/assert.ts";
import type { JournalRecord, JournalStore } from "../../../ports/journal-store.ts";
import { fileDisk, type JournalDisk } from "./journal-disk.ts";
import { brokenJournal, diskFailed } from "./journal-errors.ts";
import { frameOf, journalMagic, readFrame } from "./journal-frames.ts";
import { recordIn, textOf } from "./journal-text.ts";

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
    this.guard(() => this.disk.append(frameOf(Buffer.from(textOf(record), "utf8"))));
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
  const { path } = disk;
  const bytes = disk.read();
  if (bytes === null || bytes.length === 0) return 0;
  if (bytes.length < journalMagic.length && journalMagic.subarray(0, bytes.length).equals(bytes))
    return cutOff(disk, bytes, 0);
  checkMagic(path, bytes);
  let at: number = journalMagic.length;
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    if (frame.kind === "torn") return cutOff(disk, bytes, at);
    if (frame.kind === "broken") throw brokenJournal(path, at, "the record there is not what was written");
    at = frame.endAt;
  }
  return at;
}

/** The rest of a record that was not finished is kept: somebody may want to know what it was. */
function cutOff(disk: JournalDisk, bytes: Buffer, at: number): number {
  try {
    disk.cutOff(at, bytes.subarray(at));
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

function* readRecords(disk: JournalDisk): Generator<JournalRecord> {
  const { path } = disk;
  const bytes = disk.read() ?? journalMagic;
  checkMagic(path, bytes);
  for (let at: number = journalMagic.length; at < bytes.length;) {
    const frame = readFrame(bytes, at);
    if (frame.kind !== "whole") throw brokenJournal(path, at, "the record there is not what was written");
    const record = recordIn(frame.payload.toString("utf8"));
    if (typeof record === "string")
      throw brokenJournal(path, at, `its record "${record}" is of a kind that only another Kiwi knows`);
    yield record;
    at = frame.endAt;
  }
}
