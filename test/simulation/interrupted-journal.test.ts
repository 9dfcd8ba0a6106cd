import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openJournalFile } from "../../src/adapters/stores/journal/journal-file.ts";
import type { JournalRecord } from "../../src/ports/journal-store.ts";
import { onFaultyDisk, type Fault } from "./faulty-disk.ts";

// A journal whose program dies, whose machine loses its power or whose disk fails at every operation. What `sync`
// promised is there afterwards, in order and with nothing between, and the journal goes on.

const work = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "kiwi-journals-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const recordOf = (k: number): JournalRecord => ({
  kind: "blocked",
  atMs: k,
  symbol: `S${k}`,
  reason: "a reason of some length, so that a record is not tiny",
});

/** A session: opens what is there, writes five records, syncs after some of them. Says what was promised. */
function session(path: string, promise: (count: number) => void): void {
  const journal = openJournalFile(path);
  const before = [...journal.read()].length;
  promise(before);
  for (let k = before; k < before + 5; k++) {
    journal.append(recordOf(k));
    if (k % 2 === 0) continue;
    journal.sync();
    promise(k + 1);
  }
  journal.sync();
  promise(before + 5);
  journal.close();
}

function recordsIn(path: string): readonly JournalRecord[] {
  const journal = openJournalFile(path);
  const records = [...journal.read()];
  journal.close();
  return records;
}

/** A folder without a journal, and one whose journal was cut in the middle of a record. */
const starts = { new: join(work, "new"), torn: join(work, "torn") };
for (const folder of Object.values(starts))
  cpSync(mkdtempSync(join(work, "empty-")), folder, { recursive: true });
session(join(starts.torn, "journal"), () => {});
const whole = readFileSync(join(starts.torn, "journal"));
writeFileSync(join(starts.torn, "journal"), whole.subarray(0, whole.length - 7));

let copies = 0;
/** Two sessions with an accident in them: what is wrong afterwards, and how many operations there were. */
async function accident(start: keyof typeof starts, fault: Fault | null) {
  const folder = join(work, `${start}-${(copies += 1)}`);
  cpSync(starts[start], folder, { recursive: true });
  const path = join(folder, "journal");
  let promised = 0;
  const { use } = await onFaultyDisk(folder, fault, async () => {
    for (let k = 0; k < 2; k++) session(path, (count) => (promised = Math.max(promised, count)));
  });
  const records = recordsIn(path);
  expect(records, JSON.stringify(fault)).toEqual(records.map((_, k) => recordOf(k)));
  expect(records.length, `${JSON.stringify(fault)} ${use.operations.join("\n")}`).toBeGreaterThanOrEqual(
    promised,
  );
  session(path, () => {});
  expect(recordsIn(path)).toHaveLength(records.length + 5);
  return use.operations.length;
}

test.each(["new", "torn"] as const)(
  "a journal that is %s keeps what it promised, whatever operation dies or fails",
  async (start) => {
    const total = await accident(start, null);
    expect(total).toBeGreaterThan(10);
    for (let at = 1; at <= total; at++) {
      for (const loss of ["bytes", "names", "both"] as const)
        await accident(start, { kind: "power", at, loss });
      await accident(start, { kind: "kill", at });
      await accident(start, { kind: "torn", at });
      await accident(start, { kind: "fail", at, code: "EIO", isSticky: false });
      await accident(start, { kind: "fail", at, code: "ENOSPC", isSticky: true });
    }
  },
);
