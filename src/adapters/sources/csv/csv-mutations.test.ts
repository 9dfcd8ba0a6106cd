import { writeFile } from "node:fs/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { KiwiError } from "../../../base/errors.ts";
import type { CsvReading } from "./csv-reading.ts";
import { readCsv } from "./read-csv.ts";
import { withFile } from "../../../../test/temporary-csv.ts";

const nowMs = Date.parse("2026-01-01");
const seed = 20240131;
const lines = Array.from({ length: 40 }, (_, day) => {
  const date = new Date(Date.UTC(2023, 0, 1 + day)).toISOString();
  return `${date.slice(0, 10)},${100 + day},${102 + day}.5,${99 + day}.25,${101 + day},${day * 10}`;
});
const sound = `date,open,high,low,close,volume\n${lines.join("\n")}\n`;

/** A few damages at random places: characters cut out, written over or put in. */
const damages = fc.array(
  fc.record({
    at: fc.nat({ max: sound.length - 1 }),
    cut: fc.nat({ max: 3 }),
    text: fc.constantFrom("", "-", ".", ",", ";", "\n", '"', "0", "9", "e", "x", " ", "\r", "NaN", "/", ":"),
  }),
  { maxLength: 4 },
);

test("whatever happened to a file, it is refused with a reason or gives bars that can be", async () => {
  await withFile("X.csv", sound, async (path) => {
    const property = fc.asyncProperty(damages, async (places) => {
      let text = sound;
      for (const { at, cut, text: put } of places) text = text.slice(0, at) + put + text.slice(at + cut);
      await writeFile(path, text);
      const outcome = await readCsv(path, { nowMs }).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(KiwiError);
      else expectSound(outcome as CsvReading);
    });
    await fc.assert(property, { seed, numRuns: 200 });
  });
});

function expectSound({ bars, quarantine, rowsRead }: CsvReading): void {
  const { open, high, low, close, closeTimeMs } = bars;
  for (let row = 0; row < bars.length; row++) {
    expect(low[row]).toBeGreaterThan(0);
    expect(Math.min(open[row]!, close[row]!)).toBeGreaterThanOrEqual(low[row]!);
    expect(Math.max(open[row]!, close[row]!)).toBeLessThanOrEqual(high[row]!);
    if (row > 0) expect(closeTimeMs[row]).toBeGreaterThan(closeTimeMs[row - 1]!);
  }
  const dropped = quarantine.entries.find(({ kind }) => kind === "identical")?.count ?? 0;
  expect(bars.length + quarantine.quarantined + dropped).toBe(rowsRead);
}
