import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { newsItem } from "../../../../test/news-items.ts";
import { openNewsHoldings } from "./news-holdings.ts";
import { openNewsStore } from "./open-news-store.ts";

const folder = mkdtempSync(join(tmpdir(), "kiwi-news-holdings-"));
const path = join(folder, "news.sqlite");
const store = await openNewsStore(path);
const holdings = await openNewsHoldings(path);
afterAll(async () => {
  await holdings.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

test("a range keeps the time when it was first whole; only what is new gets a later one", async () => {
  expect(await holdings.note("a", "TEST", [{ fromMs: 10, toMs: 20 }], 100)).toHaveLength(1);
  expect(await holdings.note("a", "TEST", [{ fromMs: 10, toMs: 20 }], 150)).toEqual([]);
  // What the store covers was joined; two ranges around the old one are new.
  expect(await holdings.note("a", "TEST", [{ fromMs: 5, toMs: 30 }], 200)).toEqual([
    { fromMs: 5, toMs: 10 },
    { fromMs: 20, toMs: 30 },
  ]);
  expect((await holdings.fetches("TEST")).map(({ fromMs, fetchedMs }) => [fromMs, fetchedMs])).toEqual([
    [10, 100],
    [5, 200],
    [20, 200],
  ]);
});

test("the list counts articles and versions of what was fetched, and not what articles only mention", async () => {
  await store.append([
    newsItem("a:1", 12, "Profit soars", { symbols: ["TEST", "MENTIONED"] }),
    newsItem("a:1", 12, "Profit soars again", { symbols: ["TEST"], updatedAtMs: 14 }),
    newsItem("a:2", 18, "Shares crash"),
  ]);
  await holdings.note("b", "EMPTY", [{ fromMs: 0, toMs: 5 }], 50);
  expect(await holdings.list()).toMatchObject([
    { symbol: "EMPTY", articles: 0, versions: 0, firstMs: null, lastMs: null },
    { symbol: "TEST", articles: 2, versions: 3, firstMs: 12, lastMs: 18 },
  ]);
});
