import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { zipEntries } from "./zip-entries.ts";

const text = strToU8(Array.from({ length: 80 }, (_, k) => `2024-01-01,${100 + (k % 7)},1,2,3\n`).join(""));
const hasUnzip = ((): boolean => {
  try {
    execFileSync("unzip", ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

/** The content of every entry, or null where something is wrong. */
function contents(packed: Uint8Array): readonly (readonly [string, string])[] | null {
  try {
    return zipEntries(packed).map(({ name, read }) => [name, Buffer.from(read()).toString("latin1")]);
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return null;
  }
}

test("whatever is packed comes out as it was, with or without packing", () => {
  const name = fc.stringMatching(/^[a-z]{1,12}$/).map((word) => `${word}.csv`);
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.uint8Array({ maxLength: 400 }), { maxKeys: 4 }),
      fc.constantFrom(0, 6, 9),
      (files, level) => {
        const packed = zipSync(files, { level: level as 0 });
        const expected = Object.entries(files).map(([key, bytes]) => [
          key,
          Buffer.from(bytes).toString("latin1"),
        ]);
        expect(contents(packed)).toEqual(expected);
      },
    ),
    { seed: 20260401 },
  );
});

test.each([0, 6] as const)("a flipped bit never gives other bytes (level %i)", (level) => {
  const packed = zipSync({ "bars.csv": text }, { level });
  const whole = contents(packed);
  let noticed = 0;
  for (let bit = 0; bit < packed.length * 8; bit++) {
    const spoilt = packed.slice();
    spoilt[bit >> 3]! ^= 1 << (bit & 7);
    const found = contents(spoilt);
    if (found === null) noticed += 1;
    // Times, permissions and the like may change unnoticed; what is in the file may not.
    else
      expect(found.map(([, bytes]) => bytes)).toEqual(
        found.length === 0 ? [] : whole!.map(([, bytes]) => bytes),
      );
  }
  expect(noticed).toBeGreaterThan(packed.length * 4);
});

test("any bytes at all are an archive or an error that says what is wrong, at once", () => {
  const packed = zipSync({ "bars.csv": text });
  const edited = fc
    .array(fc.tuple(fc.nat({ max: packed.length - 1 }), fc.nat({ max: 255 })), { maxLength: 12 })
    .map((edits) => {
      const bytes = packed.slice();
      for (const [at, value] of edits) bytes[at] = value;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(edited, fc.uint8Array({ maxLength: 200 })), (bytes) => void contents(bytes)),
    { seed: 20260402, numRuns: 2_000 },
  );
});

test.skipIf(!hasUnzip)("what unzip -t finds damaged is found damaged", () => {
  const folder = mkdtempSync(join(tmpdir(), "kiwi-zip-"));
  const path = join(folder, "bars.zip");
  const packed = zipSync({ "bars.csv": text });
  try {
    fc.assert(
      fc.property(fc.nat({ max: packed.length * 8 - 1 }), (bit) => {
        const spoilt = packed.slice();
        spoilt[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(path, spoilt);
        const ours = contents(spoilt);
        const tested = spawnSync("unzip", ["-t", path], { encoding: "latin1" });
        // It believes the header beside the bytes and we the directory; bytes that fit their checksum are right either way.
        if (/bad CRC|invalid compressed data/.test(tested.stdout + tested.stderr))
          expect([undefined, Buffer.from(text).toString("latin1")]).toContain(ours?.[0]?.[1]);
        const theirs = spawnSync("unzip", ["-p", path], { encoding: "latin1" });
        // Up to 1 it only warns, of a name that differs in two places, for one.
        if (ours?.length === 1 && theirs.status! <= 1) expect(theirs.stdout).toBe(ours[0]![1]);
      }),
      { seed: 20260403, numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
