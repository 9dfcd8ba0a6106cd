import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Prng } from "../../../base/prng.ts";
import { readFeatureFile, writeFeatureFile } from "./feature-file.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-feature-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const prng = new Prng(9);
const values = Float64Array.from({ length: 100 }, (_, k) => (k % 7 === 0 ? Number.NaN : prng.normal()));
const blockRows = 16;

async function written(name: string, cuts: readonly number[]) {
  const path = join(folder, name);
  let checks: readonly number[] = [];
  let fromRow = 0;
  for (const toRow of [...cuts, values.length]) {
    checks = await writeFeatureFile(path, fromRow, values.slice(fromRow, toRow), blockRows, checks);
    fromRow = toRow;
  }
  return { path, rows: values.length, blockRows, checks, isShared: false };
}

test("whatever pieces a file was written in, it is the same file with the same checks", async () => {
  const whole = await written("whole.f64", []);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 5 }), async (cuts) => {
      const pieces = await written(
        "pieces.f64",
        cuts.toSorted((a, b) => a - b),
      );
      expect(pieces.checks).toEqual(whole.checks);
      expect(readFileSync(pieces.path).equals(readFileSync(whole.path))).toBe(true);
    }),
    { seed: 20_260_306, numRuns: 25 },
  );
});

test("any range of rows reads back bit for bit, and no more than the blocks around it", async () => {
  const file = await written("ranges.f64", [40]);
  for (const [fromRow, toRow] of [
    [0, 100],
    [0, 0],
    [17, 18],
    [15, 33],
    [96, 100],
    [100, 100],
  ] as const) {
    const read = await readFeatureFile({ ...file, fromRow, toRow });
    if (read.kind !== "read") throw new Error(read.why);
    expect(read.values).toEqual(values.subarray(fromRow, toRow));
    expect(read.values.buffer.byteLength).toBeLessThan(8 * (toRow - fromRow + 2 * blockRows));
  }
});

test("shared memory is filled the same way", async () => {
  const file = await written("shared.f64", []);
  const read = await readFeatureFile({ ...file, fromRow: 3, toRow: 50, isShared: true });
  if (read.kind !== "read") throw new Error(read.why);
  expect(read.values.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect([...read.values]).toEqual([...values.subarray(3, 50)]);
});

test("a flipped bit, a lost tail and a lost file are found, and only where they are read", async () => {
  const file = await written("damage.f64", []);
  const bytes = readFileSync(file.path);
  bytes[20 * 8]! ^= 1;
  writeFileSync(file.path, bytes);
  const kinds = async (fromRow: number, toRow: number) =>
    (await readFeatureFile({ ...file, fromRow, toRow })).kind;
  expect(await kinds(16, 17)).toBe("damaged");
  expect(await kinds(32, 100)).toBe("read");
  truncateSync(file.path, 99 * 8);
  expect(await kinds(96, 97)).toBe("damaged");
  rmSync(file.path);
  expect(await kinds(0, 1)).toBe("damaged");
});
