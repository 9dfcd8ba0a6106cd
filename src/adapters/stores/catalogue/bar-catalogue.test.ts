import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { withFolder } from "../../../../test/bar-store-contract.ts";
import { hourlyBars } from "../../../../test/bar-store-model.ts";
import { hasPostgres, withPostgres } from "../../../../test/postgres-server.ts";
import { sha256Of } from "../../../base/hash.ts";
import { calendarNamed } from "../../../domain/calendar/calendar-named.ts";
import { CsvBarStore } from "../csv/csv-bar-store.ts";
import { ParquetBarStore } from "../parquet/parquet-bar-store.ts";
import { openCatalogue } from "./bar-catalogue.ts";
import { rebuildCatalogue, updateCatalogue } from "./rebuild-catalogue.ts";

const calendarFor = () => calendarNamed("24/7");
const nowMs = Date.UTC(2024, 5, 1);
const hour = (count: number): number => Date.UTC(2024, 0, 1, count);

/** A store with bars of two sources, a gap and a revision, and one other symbol. */
async function filledStore(folder: string): Promise<ParquetBarStore> {
  const store = new ParquetBarStore(join(folder, "bars"));
  await store.append("BTC/USDT", "1h", hourlyBars([1, 2, 3]), { source: "binance", receivedAtMs: 0 });
  await store.append("BTC/USDT", "1h", hourlyBars([3, 6, 7], 1), {
    source: "bybit",
    receivedAtMs: 1,
    mayJoin: "any",
  });
  await store.append("AAPL", "1h", hourlyBars([10, 11]), { source: "csv", receivedAtMs: 2 });
  return store;
}

test("the catalogue says what is held: ranges, sources, versions, gaps, a fingerprint and when it was checked", async () => {
  await withFolder(async (folder) => {
    const store = await filledStore(folder);
    const catalogue = await openCatalogue(join(folder, "state", "catalogue.sqlite"));
    const entries = await rebuildCatalogue(store, catalogue, calendarFor, nowMs);
    const held = await store.read("BTC/USDT", "1h", -Infinity, Infinity);
    const columns = [held.closeTimeMs, held.open, held.high, held.low, held.close, held.volume];
    const expected = {
      symbol: "BTC/USDT",
      timeframe: "1h",
      bars: 5,
      versions: 6,
      fromMs: hour(1),
      toMs: hour(7),
      sources: [
        { source: "binance", bars: 2, fromMs: hour(1), toMs: hour(2) },
        { source: "bybit", bars: 3, fromMs: hour(3), toMs: hour(7) },
      ],
      fingerprint: sha256Of(columns.map((column) => new Uint8Array(column.slice().buffer))),
      checkedMs: nowMs,
    };
    const gaps = [{ afterMs: hour(3), beforeMs: hour(6), missing: 2 }];
    expect(await catalogue.find("BTC/USDT", "1h")).toEqual({ ...expected, gaps });
    expect((await catalogue.list()).map(({ symbol, bars }) => `${symbol} ${bars}`)).toEqual([
      "AAPL 2",
      "BTC/USDT 5",
    ]);
    expect((await catalogue.list())[1]).toEqual(expected);
    expect(entries).toHaveLength(2);
    await catalogue.close();
    await store.close();
  });
});

test("a catalogue that was lost is the same when it is rebuilt from the bars, and bars of equal value have equal fingerprints", async () => {
  await withFolder(async (folder) => {
    const store = await filledStore(folder);
    const one = await openCatalogue(`sqlite:${join(folder, "one.sqlite")}`);
    await rebuildCatalogue(store, one, calendarFor, nowMs);
    await store.compact("BTC/USDT", "1h");
    const other = await openCatalogue(join(folder, "other.sqlite"));
    await rebuildCatalogue(store, other, calendarFor, nowMs);
    expect(await other.list()).toEqual(await one.list());
    const csv = new CsvBarStore(join(folder, "csv"));
    const bars = await store.read("AAPL", "1h", -Infinity, Infinity);
    await csv.append("AAPL", "1h", bars, { source: "copy", receivedAtMs: 9 });
    const [copied] = await rebuildCatalogue(csv, other, calendarFor, nowMs);
    expect(copied!.fingerprint).toBe((await one.find("AAPL", "1h"))!.fingerprint);
    expect((await other.list()).map(({ symbol }) => symbol)).toEqual(["AAPL"]);
    for (const open of [one, other, store]) await open.close();
  });
});

test("an update replaces what was said about one symbol and nothing else", async () => {
  await withFolder(async (folder) => {
    const store = await filledStore(folder);
    const catalogue = await openCatalogue(join(folder, "catalogue.sqlite"));
    await rebuildCatalogue(store, catalogue, calendarFor, nowMs);
    await store.append("BTC/USDT", "1h", hourlyBars([4, 5]), {
      source: "binance",
      receivedAtMs: 3,
      mayJoin: "any",
    });
    const held = (await store.list()).find(({ symbol }) => symbol === "BTC/USDT")!;
    await updateCatalogue(store, catalogue, held, calendarFor, nowMs + 1);
    expect(await catalogue.find("BTC/USDT", "1h")).toMatchObject({ bars: 7, gaps: [], checkedMs: nowMs + 1 });
    expect(await catalogue.find("AAPL", "1h")).toMatchObject({ bars: 2, checkedMs: nowMs });
    await catalogue.forget("AAPL", "1h");
    expect(await catalogue.find("AAPL", "1h")).toBeNull();
    expect(await catalogue.find("BTC/USDT", "1d")).toBeNull();
    await catalogue.close();
    await store.close();
  });
});

test("thousands of gaps fit", async () => {
  await withFolder(async (folder) => {
    const store = new CsvBarStore(join(folder, "bars"));
    const hours = Array.from({ length: 1_300 }, (_, index) => 2 * index);
    await store.append("TEST", "1h", hourlyBars(hours), { source: "a", receivedAtMs: 0 });
    const catalogue = await openCatalogue(join(folder, "catalogue.sqlite"));
    await rebuildCatalogue(store, catalogue, calendarFor, nowMs);
    expect((await catalogue.find("TEST", "1h"))!.gaps).toHaveLength(1_299);
    await catalogue.close();
  });
});

test("every commit is on the disk before it is acknowledged, and readers do not wait for writers", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "catalogue.sqlite");
    const catalogue = await openCatalogue(path);
    await catalogue.forget("TEST", "1h");
    const other = new Database(path);
    expect(other.pragma("journal_mode", { simple: true })).toBe("wal");
    other.exec("BEGIN IMMEDIATE");
    expect(await catalogue.list()).toEqual([]);
    other.exec("ROLLBACK");
    other.close();
    await catalogue.close();
  });
});

test("a file that is no database, and one of a newer Kiwi, are refused with the way out", async () => {
  await withFolder(async (folder) => {
    const junk = join(folder, "junk.sqlite");
    await writeFile(
      junk,
      "this is not a database, and it is longer than a header of one would be".repeat(20),
    );
    await expect(openCatalogue(junk)).rejects.toMatchObject({
      parts: { code: "CATALOGUE_DAMAGED", fix: expect.stringContaining(`rm ${junk}`) },
    });
    const path = join(folder, "newer.sqlite");
    await (await openCatalogue(path)).close();
    const db = new Database(path);
    db.exec("UPDATE catalogue_info SET value = '2'");
    db.close();
    await expect(openCatalogue(path)).rejects.toMatchObject({ parts: { code: "STORE_NEWER" } });
    await expect(openCatalogue(join(junk, "below.sqlite"))).rejects.toMatchObject({
      parts: { code: "STORE_NOT_WRITABLE" },
    });
  });
});

test("a PostgreSQL server is named by its address, whose password no error shows", async () => {
  const error = await openCatalogue("postgres://kiwi:secret@127.0.0.1:1/kiwi_ai_data").then(
    () => null,
    (cause: unknown) => cause as Error,
  );
  // Without its driver, or without a server at that address.
  expect(`${error!.message} ${JSON.stringify(error)}`).not.toContain("secret");
});

test.skipIf(!hasPostgres)(
  "on a PostgreSQL server the catalogue says the same as in the local file",
  async () => {
    await withPostgres(async (connection) => {
      await withFolder(async (folder) => {
        const store = await filledStore(folder);
        const local = await openCatalogue(join(folder, "local.sqlite"));
        const server = await openCatalogue(connection);
        await rebuildCatalogue(store, local, calendarFor, nowMs);
        await rebuildCatalogue(store, server, calendarFor, nowMs);
        expect(await server.list()).toEqual(await local.list());
        expect(await server.find("BTC/USDT", "1h")).toEqual(await local.find("BTC/USDT", "1h"));
        await store.append("AAPL", "1h", hourlyBars([12]), { source: "csv", receivedAtMs: 3 });
        const [held] = await store.list();
        await updateCatalogue(store, server, held!, calendarFor, nowMs);
        const again = await openCatalogue(connection);
        expect((await again.find("AAPL", "1h"))?.bars).toBe(3);
        await again.forget("AAPL", "1h");
        expect(await again.find("AAPL", "1h")).toBeNull();
        for (const open of [local, server, again, store]) await open.close();
      });
    });
  },
);
