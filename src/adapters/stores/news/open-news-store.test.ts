import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { withFolder } from "../../../../test/bar-store-contract.ts";
import { newsItem } from "../../../../test/news-items.ts";
import { hourMs } from "../../../base/time.ts";
import type { NewsItem, NewsStore } from "../../../ports/news-source.ts";
import { guarded } from "./news-store-errors.ts";
import { openNewsStore } from "./open-news-store.ts";

const everything = { symbol: "TEST", fromMs: -Infinity, toMs: Infinity };
const at = (hours: number): number => Date.UTC(2024, 0, 1) + hours * hourMs;

async function withStore(use: (store: NewsStore) => Promise<void>): Promise<void> {
  const store = await openNewsStore(":memory:");
  await use(store);
  await store.close();
}

const headlines = (items: readonly NewsItem[]): string[] => items.map(({ headline }) => headline);

const first = newsItem("a", at(1), "first", { author: "me", url: "https://news.example/a" });
const revised = newsItem("a", at(1), "revised", { updatedAtMs: at(5) });

test("what is stored comes back as it was, after the store was opened again", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "deep", "news.sqlite");
    const store = await openNewsStore(path);
    expect(await store.append([first, revised])).toEqual({ added: 1, revised: 1, unchanged: 0 });
    await store.close();
    const again = await openNewsStore(path);
    expect(await again.read({ ...everything, versions: "all" })).toEqual([first, revised]);
    expect(await again.append([revised, first])).toEqual({ added: 0, revised: 0, unchanged: 2 });
    await again.close();
  });
});

test("a version that arrives again keeps the time of its first arrival", async () => {
  await withStore(async (store) => {
    await store.append([first]);
    await store.append([{ ...first, receivedAtMs: at(9) }]);
    expect(await store.read(everything)).toEqual([first]);
  });
});

test("a text that changed without a new stamp is a version of its own", async () => {
  await withStore(async (store) => {
    const silent = { ...first, headline: "silently changed", receivedAtMs: at(3) };
    await store.append([first]);
    expect(await store.append([silent])).toEqual({ added: 0, revised: 1, unchanged: 0 });
    expect(await store.read({ ...everything, versions: "all" })).toEqual([first, silent]);
    expect(await store.read(everything)).toEqual([silent]);
  });
});

test("a range begins with its first moment, ends before its last, and looks at when a version was known", async () => {
  await withStore(async (store) => {
    await store.append([first, revised, newsItem("b", at(3), "other")]);
    const read = async (fromMs: number, toMs: number, versions: "newest" | "all") =>
      headlines(await store.read({ symbol: "TEST", fromMs, toMs, versions }));
    expect(await read(at(1), at(3), "all")).toEqual(["first"]);
    expect(await read(at(3), at(5), "all")).toEqual(["other"]);
    expect(await read(at(0), at(6), "all")).toEqual(["first", "other", "revised"]);
    // Its newest version is of hour 5, so that the article is not in this range.
    expect(await read(at(1), at(4), "newest")).toEqual(["other"]);
    expect(await read(at(0), at(6), "newest")).toEqual(["other", "revised"]);
  });
});

test("as known then: only what had arrived is read", async () => {
  await withStore(async (store) => {
    await store.append([first, revised]);
    expect(headlines(await store.read({ ...everything, asOfMs: at(4) }))).toEqual(["first"]);
    expect(headlines(await store.read({ ...everything, asOfMs: at(5) }))).toEqual(["revised"]);
    expect(await store.read({ ...everything, asOfMs: at(0) })).toEqual([]);
  });
});

test("an article is found by every symbol that one of its versions named", async () => {
  await withStore(async (store) => {
    await store.append([first, { ...revised, symbols: ["OTHER", "OTHER"] }]);
    const all = { ...everything, versions: "all" } as const;
    expect(headlines(await store.read(all))).toEqual(["first", "revised"]);
    expect(headlines(await store.read({ ...all, symbol: "OTHER" }))).toEqual(["first", "revised"]);
    expect(await store.read({ ...all, symbol: "NONE" })).toEqual([]);
  });
});

test("whatever is appended in whatever order, every version is there once", async () => {
  const version = fc.record({ id: fc.nat(3), hour: fc.nat(3), text: fc.nat(2) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(version, { maxLength: 6 }), { maxLength: 4 }), async (batches) => {
      await withStore(async (store) => {
        const keys = new Set<string>();
        for (const batch of batches) {
          const items = batch.map(({ id, hour, text }) =>
            newsItem(`n${id}`, at(0), `text ${text}`, { updatedAtMs: at(hour) }),
          );
          const { unchanged } = await store.append(items);
          const before = keys.size;
          for (const { id, hour, text } of batch) keys.add(`n${id} ${at(hour)} text ${text}`);
          expect(batch.length - unchanged).toBe(keys.size - before);
        }
        const held = await store.read({ ...everything, versions: "all" });
        expect(held.map((item) => `${item.id} ${item.updatedAtMs} ${item.headline}`).sort()).toEqual(
          [...keys].sort(),
        );
      });
    }),
    { seed: 20240305, numRuns: 30 },
  );
});

test("covered ranges are joined, by source and symbol", async () => {
  await withStore(async (store) => {
    await store.cover("alpaca", "TEST", { fromMs: at(1), toMs: at(2) });
    await store.cover("alpaca", "TEST", { fromMs: at(4), toMs: at(5) });
    await store.cover("alpaca", "TEST", { fromMs: at(2), toMs: at(3) });
    await store.cover("alpaca", "OTHER", { fromMs: at(2), toMs: at(5) });
    expect(await store.covered("alpaca", "TEST")).toEqual([
      { fromMs: at(1), toMs: at(3) },
      { fromMs: at(4), toMs: at(5) },
    ]);
    expect(await store.covered("other", "TEST")).toEqual([]);
  });
});

test("a damaged file, one of a later Kiwi and one that is no database are told apart and left alone", async () => {
  await withFolder(async (folder) => {
    const text = join(folder, "text.sqlite");
    await writeFile(text, "this is no database ".repeat(100));
    await expect(openNewsStore(text)).rejects.toThrow(/STORE_DAMAGED/);
    const later = join(folder, "later.sqlite");
    await (await openNewsStore(later)).close();
    const database = new Database(later);
    database.exec("update news_info set value = '99'");
    database.close();
    await expect(openNewsStore(later)).rejects.toThrow(/STORE_NEWER.*format 99/);
    const file = join(folder, "file");
    await writeFile(file, "");
    await expect(openNewsStore(join(file, "news.sqlite"))).rejects.toThrow(/STORE_NOT_WRITABLE/);
  });
});

test("a store that another process writes says so", async () => {
  const busy = Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
  await expect(guarded("news.sqlite", () => Promise.reject(busy))).rejects.toThrow(/STORE_LOCKED/);
});
