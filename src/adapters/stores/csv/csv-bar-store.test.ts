import * as fc from "fast-check";
import { expect, test } from "vitest";
import { testBarStore, withFolder } from "../../../../test/bar-store-contract.ts";
import { killAgainAndAgain, killsOf } from "../../../../test/bar-store-crashes.ts";
import { BarStoreModel, hourlyBars, modelRows } from "../../../../test/bar-store-model.ts";
import { CsvBarStore } from "./csv-bar-store.ts";

const seed = 20240131;

testBarStore("CSV", (folder) => new CsvBarStore(folder), 40);

test("with a limit the newest bars stay, as many as it says, with the versions they had", async () => {
  const append = fc.record({
    first: fc.nat({ max: 60 }),
    count: fc.integer({ min: 1, max: 12 }),
    edition: fc.nat({ max: 2 }),
  });
  const property = fc.asyncProperty(
    fc.constantFrom(1, 5, 50),
    fc.array(append, { maxLength: 10 }),
    async (rowsMax, appends) => {
      await withFolder(async (folder) => {
        const store = new CsvBarStore(folder, { rowsMax });
        const model = new BarStoreModel(rowsMax);
        for (const [receivedAtMs, { first, count, edition }] of appends.entries()) {
          const bars = hourlyBars(
            Array.from({ length: count }, (_, index) => first + index),
            edition,
          );
          const provenance = { source: "a", receivedAtMs };
          expect(await store.append("TEST", "1h", bars, provenance)).toEqual(model.append(bars, provenance));
        }
        for (const asOfMs of [Infinity, 4])
          expect(modelRows(await store.read("TEST", "1h", -Infinity, Infinity, { asOfMs }))).toEqual(
            model.read(-Infinity, Infinity, asOfMs),
          );
        await store.close();
      });
    },
  );
  await fc.assert(property, { seed, numRuns: 40 });
});

test("a limit that was lowered takes effect when the store is compacted", async () => {
  await withFolder(async (folder) => {
    const provenance = { source: "a", receivedAtMs: 0 };
    await new CsvBarStore(folder).append("TEST", "1h", hourlyBars([1, 2, 3, 4]), provenance);
    const store = new CsvBarStore(folder, { rowsMax: 3 });
    await store.compact("TEST", "1h");
    expect(await store.read("TEST", "1h", -Infinity, Infinity)).toMatchObject({
      close: hourlyBars([2, 3, 4]).close,
    });
  });
});

test("a writer killed at random moments loses nothing it promised, doubles nothing and leaves nothing unreadable", async () => {
  // Two side by side: starting a process takes longer than its life.
  const lanes = [3, 4].map(async (seed) =>
    withFolder(async (folder) => killAgainAndAgain("csv", folder, seed, killsOf(25))),
  );
  await Promise.all(lanes);
}, 300_000);
