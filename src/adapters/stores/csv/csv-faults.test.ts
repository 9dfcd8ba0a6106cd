import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withFolder } from "../../../../test/bar-store-contract.ts";
import { hourlyBars, modelRows } from "../../../../test/bar-store-model.ts";
import { canMakeDisk, withSmallDisk } from "../../../../test/small-disk.ts";
import type { KiwiError } from "../../../base/errors.ts";
import { readCsv } from "../../sources/csv/read-csv.ts";
import { CsvBarStore } from "./csv-bar-store.ts";

const everything = [-Infinity, Infinity] as const;
const provenance = { source: "a", receivedAtMs: Date.UTC(2024, 1, 1) };

async function withThreeBars(
  use: (store: CsvBarStore, path: string, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const store = new CsvBarStore(folder);
    await store.append("TEST", "1h", hourlyBars([1, 2, 3]), provenance);
    await use(store, join(folder, "TEST-1h.csv"), folder);
    await store.close();
  });
}

async function partsOf(work: Promise<unknown>): Promise<KiwiError["parts"]> {
  const error = await work.then(
    () => null,
    (cause: unknown) => cause as KiwiError,
  );
  return error!.parts;
}

test("a file is a table that people can read", async () => {
  await withFolder(async (folder) => {
    const store = new CsvBarStore(folder);
    const { close, open, high, low, volume, ...rest } = hourlyBars([1]);
    close[0] = 100.25;
    open[0] = 100;
    high[0] = 101;
    low[0] = 1e-7;
    volume[0] = 12;
    await store.append(
      "TEST",
      "1h",
      { close, open, high, low, volume, ...rest },
      { source: 'my "own", feed', receivedAtMs: Date.UTC(2024, 1, 1, 0, 0, 0, 5) },
    );
    expect(await readFile(join(folder, "TEST-1h.csv"), "utf8")).toBe(
      'close_time,open,high,low,close,volume,quality,version,source,received\n2024-01-01T01:00:00Z,100,101,1e-7,100.25,12,0,1,"my ""own"", feed",2024-02-01T00:00:00.005Z\n',
    );
    expect(modelRows(await store.read("TEST", "1h", ...everything))[0]!.source).toBe('my "own", feed');
  });
});

test("a file of the store can be backtested as it stands: symbol, timeframe and close stamps are understood", async () => {
  await withThreeBars(async (store, path, folder) => {
    await store.append("TEST", "1h", hourlyBars([3, 4], 1), provenance);
    const { bars, detected, quarantine } = await readCsv(path, { nowMs: Date.UTC(2026, 0, 1) });
    expect(detected).toMatchObject({ symbol: "TEST", timeframe: "1h", stamp: "close" });
    expect(quarantine.entries).toEqual([]);
    const held = await store.read("TEST", "1h", ...everything);
    for (const field of ["closeTimeMs", "open", "high", "low", "close", "volume"] as const)
      expect(bars[field]).toEqual(held[field]);
    expect((await readdir(folder)).sort()).toEqual([".kiwi", "TEST-1h.csv"]);
  });
});

test.each([
  ["2024-01-01T04:00:00Z,100.4,100.5,100.3,100.4,1.3,0,1,a,2024-02-01T00:00", 3],
  ["2024-01-01T04:00:00Z,100.4", 3],
  ["2024-01-01T04:00:00Z,100.4,100.5,100.3,100.4,1.3,0,1,a,2024-02-01T00:00:00Z", 4],
  ["\0\0\0\0\0\0", 3],
  ["2024-01-01T04:00:00Z,1\0\0\0\n\0", 3],
])("a last row that a crash cut short is left out, a whole one is not: %j", async (tail, bars) => {
  await withThreeBars(async (store, path) => {
    await appendFile(path, tail);
    expect((await store.read("TEST", "1h", ...everything)).length).toBe(bars);
    expect(await store.lastCloseMs("TEST", "1h")).toBe(Date.UTC(2024, 0, 1, bars));
    await store.append("TEST", "1h", hourlyBars([5]), provenance);
    const { closeTimeMs } = await store.read("TEST", "1h", ...everything);
    expect(closeTimeMs.at(-1)).toBe(Date.UTC(2024, 0, 1, 5));
    expect(closeTimeMs).toHaveLength(bars + 1);
  });
});

test("lines that end as on Windows are read", async () => {
  await withThreeBars(async (store, path) => {
    const before = await store.read("TEST", "1h", ...everything);
    await writeFile(path, (await readFile(path, "utf8")).replaceAll("\n", "\r\n"));
    expect(await store.read("TEST", "1h", ...everything)).toEqual(before);
  });
});

test.each([
  [(text: string) => text.replace("close_time", "time"), /line 1: it should be close_time/],
  [
    (text: string) => text.replace("2024-01-01T02:00:00Z", "01.01.2024 02:00"),
    /line 3: 01.01.2024 02:00 is no time/,
  ],
  [
    (text: string) => text.replace("2024-01-01T02:00:00Z,", "2024-01-01T02:00:00Z,x"),
    /line 3: x.* is no number/,
  ],
  [
    (text: string) => text.replace("2024-01-01T02:00:00Z,", "2024-01-01T02:00:00Z,,"),
    /line 3: it has 11 fields instead of 10/,
  ],
  [
    (text: string) => text.replace("2024-01-01T02", "2024-01-01T01"),
    /line 3 is not later than the line before it/,
  ],
])("a row that a person spoilt is named by its line, and not replaced (%#)", async (spoil, message) => {
  await withThreeBars(async (store, path) => {
    const text = spoil(await readFile(path, "utf8"));
    await writeFile(path, text);
    const parts = await partsOf(store.read("TEST", "1h", ...everything));
    expect(parts.code).toBe("STORE_DAMAGED");
    expect(parts.message).toMatch(message);
    expect((await partsOf(store.append("TEST", "1h", hourlyBars([2, 9]), provenance))).code).toBe(
      "STORE_DAMAGED",
    );
    expect(await readFile(path, "utf8")).toBe(text);
    const damaged: string[] = [];
    const held = await store.list(({ symbol, timeframe }) => damaged.push(`${symbol} ${timeframe}`));
    expect([held, damaged]).toEqual([[], ["TEST 1h"]]);
  });
});

test("times finer than a millisecond are refused and not rounded", async () => {
  await withFolder(async (folder) => {
    const bars = hourlyBars([1]);
    bars.closeTimeMs[0]! += 0.5;
    expect(await partsOf(new CsvBarStore(folder).append("TEST", "1h", bars, provenance))).toMatchObject({
      code: "BARS_UNFIT",
    });
  });
});

test("a folder of a newer format is refused whatever is asked of it", async () => {
  await withThreeBars(async (store, path, folder) => {
    await writeFile(join(folder, ".kiwi", "format.json"), '{"format":2,"more":true}');
    const attempts = [
      async () => store.read("TEST", "1h", ...everything),
      async () => store.append("TEST", "1h", hourlyBars([99]), provenance),
      async () => store.compact("TEST", "1h"),
      async () => store.lastCloseMs("TEST", "1h"),
      async () => store.list(),
    ];
    for (const attempt of attempts) expect((await partsOf(attempt())).code).toBe("STORE_NEWER");
    expect(await readFile(path, "utf8")).toMatch(/^close_time/);
  });
});

test.skipIf(!canMakeDisk)(
  "on a full disk what was stored stays, and what is written later is whole",
  async () => {
    await withSmallDisk(128, async (folder) => {
      const store = new CsvBarStore(folder);
      await store.append("TEST", "1h", hourlyBars([1, 2, 3]), provenance);
      await writeFile(join(folder, "ballast"), new Uint8Array(64 * 1024));
      const before = await readFile(join(folder, "TEST-1h.csv"), "utf8");
      const many = Array.from({ length: 2_000 }, (_, hour) => hour);
      // Once by adding rows behind the last one, once by writing the file anew.
      for (const from of [4, 0]) {
        const parts = await partsOf(
          store.append(
            "TEST",
            "1h",
            hourlyBars(
              many.map((hour) => from + hour),
              1,
            ),
            provenance,
          ),
        );
        expect(parts.code).toBe("DISK_FULL");
        expect(await readFile(join(folder, "TEST-1h.csv"), "utf8")).toBe(before);
        expect((await store.read("TEST", "1h", ...everything)).length).toBe(3);
      }
      await rm(join(folder, "ballast"));
      expect(await store.append("TEST", "1h", hourlyBars([4]), provenance)).toMatchObject({ added: 1 });
      expect((await store.read("TEST", "1h", ...everything)).close).toEqual(hourlyBars([1, 2, 3, 4]).close);
    });
  },
);
