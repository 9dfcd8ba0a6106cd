import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { canMakeDisk, withSmallDisk } from "../../../../test/small-disk.ts";
import type { JournalRecord } from "../../../ports/journal-store.ts";
import { openJournalFile } from "./journal-file.ts";
import { diskFailed, journalGone } from "./journal-errors.ts";
import { frameOf } from "./journal-frames.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-journal-"));
afterAll(() => rmSync(folder, { recursive: true }));

const blocked = (k: number): JournalRecord => ({
  kind: "blocked",
  atMs: k,
  symbol: `S${k}`,
  reason: "a reason of some length, so that a record is not tiny",
});

function written(name: string, count: number): string {
  const path = join(folder, name);
  const journal = openJournalFile(path);
  for (let k = 0; k < count; k++) journal.append(blocked(k));
  journal.sync();
  journal.close();
  return path;
}

function read(path: string): JournalRecord[] {
  const journal = openJournalFile(path);
  try {
    return [...journal.read()];
  } finally {
    journal.close();
  }
}

/** Where each record ends, as the lengths in the file say. */
function ends(bytes: Buffer): number[] {
  const found: number[] = [8];
  while (found.at(-1)! < bytes.length) found.push(found.at(-1)! + 12 + bytes.readUInt32LE(found.at(-1)!));
  return found;
}

test("a journal that was cut anywhere goes on after its last whole record, and the rest is kept aside", () => {
  const path = written("cut", 5);
  const bytes = readFileSync(path);
  const whole = ends(bytes);
  for (let cut = 1; cut < bytes.length; cut++) {
    // Every place around a header, and some in the texts.
    if (cut % 11 !== 0 && !whole.some((end) => Math.abs(end - cut) < 3)) continue;
    const at = join(folder, `cut-${cut}`);
    writeFileSync(at, bytes.subarray(0, cut));
    const records = read(at);
    const count = Math.max(0, whole.filter((end) => end <= cut).length - 1);
    expect(records).toEqual([0, 1, 2, 3, 4].slice(0, count).map(blocked));
    const kept = readdirSync(folder).filter((name) => name.startsWith(`cut-${cut}.torn-`));
    expect(kept).toHaveLength(whole.includes(cut) ? 0 : 1);
    const journal = openJournalFile(at);
    journal.append(blocked(9));
    journal.close();
    expect(read(at)).toEqual([...records, blocked(9)]);
  }
});

test("a flipped bit anywhere is refused with file and place, and nothing is cut off", () => {
  const path = written("flipped", 4);
  const bytes = readFileSync(path);
  const whole = ends(bytes);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: bytes.length - 1 }),
      fc.integer({ min: 0, max: 7 }),
      (place, bit) => {
        const changed = Buffer.from(bytes);
        changed[place]! ^= 1 << bit;
        writeFileSync(path, changed);
        const start = place < 8 ? 0 : whole.findLast((end) => end <= place)!;
        expect(() => openJournalFile(path)).toThrow(
          expect.objectContaining({
            message: expect.stringContaining(`${path} cannot be read at byte ${start}`),
          }),
        );
        expect(readFileSync(path).equals(changed)).toBe(true);
      },
    ),
    { seed: 5, numRuns: 300 },
  );
});

test("blocks that a disk promised and never wrote are a torn end", () => {
  const path = written("zeros", 3);
  const bytes = readFileSync(path);
  truncateSync(path, bytes.length + 300);
  expect(read(path)).toHaveLength(3);
  const hollow = Buffer.from(bytes);
  hollow.fill(0, ends(bytes)[2]! + 40);
  writeFileSync(path, hollow);
  expect(read(path)).toHaveLength(2);
});

test("journals of other programs and of other versions say so", () => {
  const older = join(folder, "older");
  writeFileSync(older, '{"kind":"session"}\n');
  expect(() => openJournalFile(older)).toThrow(/before 0\.2, line by line/);
  const strange = join(folder, "strange");
  writeFileSync(strange, "time,open,high,low,close");
  expect(() => openJournalFile(strange)).toThrow(/not a journal of Kiwi/);
  const newer = join(folder, "newer");
  const journal = openJournalFile(newer);
  journal.append({ kind: "moonphase" } as never);
  expect(() => [...journal.read()]).toThrow(/"moonphase" is of a kind that only another Kiwi knows/);
  journal.close();
});

test("numbers that JSON has no word for come back, and texts that look like them stay texts", () => {
  const path = join(folder, "numbers");
  const journal = openJournalFile(path);
  const records: JournalRecord[] = [
    { kind: "holding", atMs: Infinity, symbol: "A", quantity: Number.NaN, averagePrice: -Infinity },
    { kind: "blocked", atMs: 1, symbol: "A", reason: 'a "quoted" \u00fcml\u00e4ut \ud83e\udd5d \u0000' },
  ];
  for (const record of records) journal.append(record);
  journal.close();
  expect(read(path)).toEqual(records);
});

test("bars are written without their names, and those of an older Kiwi are read as well", () => {
  const path = join(folder, "bars");
  const bar = {
    instrument: 1,
    closeTimeMs: 60_000,
    open: 1,
    high: 2.5,
    low: 0.5,
    close: 2,
    volume: Infinity,
  };
  const step: JournalRecord = { kind: "slice", timeMs: 60_000, isStale: false, bars: [bar], reports: [] };
  const records: JournalRecord[] = [step, { ...step, late: [{ ...bar, instrument: 0 }] }];
  const journal = openJournalFile(path);
  for (const record of records) journal.append(record);
  journal.close();
  expect(readFileSync(path, "latin1")).not.toContain("closeTimeMs");
  const older = frameOf(JSON.stringify({ ...step, bars: [{ ...bar, volume: 7 }] }));
  writeFileSync(path, Buffer.concat([readFileSync(path), older]));
  expect(read(path)).toEqual([...records, { ...step, bars: [{ ...bar, volume: 7 }] }]);
});

test("a journal that was removed, or that another took the place of, is said before anything else is sent", () => {
  for (const [name, spoil] of [
    ["removed", (path: string) => rmSync(path)],
    ["replaced", (path: string) => (renameSync(path, `${path}.aside`), writeFileSync(path, ""))],
  ] as const) {
    const path = join(folder, name);
    const journal = openJournalFile(path);
    journal.append(blocked(1));
    journal.sync();
    spoil(path);
    journal.append(blocked(2));
    expect(() => journal.sync()).toThrow(/DISK_FAILED.*the file was removed/);
    expect(() => journal.append(blocked(3))).toThrow(/DISK_FAILED/);
    journal.close();
  }
});

test.skipIf(!canMakeDisk)(
  "a full disk is said at once, and nothing is taken after it even when there is room again",
  async () => {
    await withSmallDisk(64, async (disk) => {
      const path = join(disk, "journal");
      const journal = openJournalFile(path);
      let taken = 0;
      expect(() => {
        for (; taken < 10_000; taken++) journal.append(blocked(taken));
      }).toThrow(/DISK_FAILED.*cannot be written/);
      expect(() => journal.sync()).toThrow(/DISK_FAILED/);
      expect(() => journal.append(blocked(0))).toThrow(/DISK_FAILED/);
      journal.close();
      // What was taken before is there, and the piece of the record that did not fit is cut off.
      const bytes = readFileSync(path);
      const moved = join(folder, "moved");
      writeFileSync(moved, bytes);
      expect(read(moved)).toHaveLength(taken);
    });
  },
);

test("a disk that is read-only, full, or without the file says how to look, each in its way", () => {
  const fixOf = (said: string) => diskFailed("/x/my journal", new Error(said)).parts.fix;
  expect(fixOf("EROFS: read-only file system, write")).toMatch(
    /^findmnt -T '\/x\/my journal' .*dmesg \| tail/,
  );
  expect(fixOf("ENOSPC: no space left on device, write")).toMatch(/^df -h '\/x\/my journal' /);
  expect(fixOf(journalGone)).toMatch(/^put \/x\/my journal back/);
});
