import { frameOf, journalMagic, readFrame } from "../../../src/adapters/stores/journal/journal-frames.ts";
import type { JournalRecord, JournalStore } from "../../../src/ports/journal-store.ts";
import type { MemoryDisk } from "./memory-disk.ts";

/** Opens the journal on a disk in memory, in the frames of the real one; a record that is not whole at its end is cut off. */
export function openMemoryJournal(disk: MemoryDisk, onTorn: () => void): JournalStore {
  if (mend(disk)) onTorn();
  let failure: unknown = null;
  const guard = (work: () => void): void => {
    if (failure !== null) throw failure;
    try {
      work();
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return {
    append: (record) =>
      guard(() => disk.append(frameOf(Buffer.from(JSON.stringify(record, writeNumber), "utf8")))),
    sync: () => guard(() => disk.sync()),
    read: () => readRecords(disk.written()),
    close: () => {},
  };
}

/** Cuts off a torn end; returns whether there was one. */
function mend(disk: MemoryDisk): boolean {
  const bytes = disk.written();
  if (bytes.length < journalMagic.length) {
    disk.truncate(0);
    disk.append(journalMagic);
    disk.sync();
    return bytes.length > 0;
  }
  for (let at: number = journalMagic.length; at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    if (frame.kind !== "whole") {
      disk.truncate(at);
      return true;
    }
    at = frame.endAt;
  }
  return false;
}

function* readRecords(bytes: Buffer): Generator<JournalRecord> {
  for (let at: number = journalMagic.length; at < bytes.length; ) {
    const frame = readFrame(bytes, at);
    if (frame.kind !== "whole") return;
    yield JSON.parse(frame.payload.toString("utf8"), readNumber) as JournalRecord;
    at = frame.endAt;
  }
}

function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}

function readNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  return Number(value.number);
}
