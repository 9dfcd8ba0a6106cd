import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { KiwiError } from "../../../base/errors.ts";
import type { JournalRecord, JournalStore } from "../../../ports/journal-store.ts";

/** A journal in a file of one JSON record a line. Opening a file that exists goes on at its end. */
export function openJournalFile(path: string): JournalStore {
  const descriptor = openSync(path, "a");
  return {
    append: (record) => void writeSync(descriptor, `${JSON.stringify(record, writeNumber)}\n`),
    sync: () => fsyncSync(descriptor),
    read: () => readRecords(path),
    close: () => closeSync(descriptor),
  };
}

function* readRecords(path: string): Generator<JournalRecord> {
  const lines = readFileSync(path, "utf8").split("\n");
  for (const [k, line] of lines.entries()) {
    if (line !== "") yield recordIn(line, path, k + 1);
  }
}

function recordIn(line: string, path: string, number: number): JournalRecord {
  try {
    return JSON.parse(line, readNumber) as JournalRecord;
  } catch {
    throw new KiwiError({
      code: "JOURNAL_BROKEN",
      exit: "data",
      message: `line ${number} of the journal ${path} cannot be read`,
      why: "it is not whole: the file was changed, or its writer ended in the middle of the line",
      fix: "restore the file from a backup; a session is never continued from a journal with a hole",
      topic: "journal",
    });
  }
}

/** JSON has no word for these three; orders that never expire have one of them. */
function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? { number: String(value) } : value;
}

function readNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("number" in value)) return value;
  return Number(value.number);
}
