import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import {
  fakeArticle,
  startFakeAlpacaNews,
  type FakeAlpacaNews,
} from "../../../../test/fakes/fake-alpaca-news.ts";
import { alpacaKey } from "../../../../test/fakes/fake-alpaca.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, hourMs, minuteMs } from "../../../base/time.ts";
import type { NewsItem, NewsQuarantine, NewsRequest, NewsSource } from "../../../ports/news-source.ts";
import type { AlpacaNewsOptions } from "./alpaca-news-rest.ts";
import { alpacaNewsSource } from "./alpaca-news-source.ts";

const nowMs = Date.parse("2024-03-05T18:00:00Z");
const fromMs = nowMs - 10 * dayMs;

const fakes: FakeAlpacaNews[] = [];
afterEach(async () => {
  for (const fake of fakes.splice(0)) await fake.host.close();
});

async function setUp(
  options: Partial<AlpacaNewsOptions> = {},
): Promise<{ source: NewsSource; fake: FakeAlpacaNews; clock: ManualClock }> {
  const clock = new ManualClock(nowMs, "auto");
  const fake = await startFakeAlpacaNews(clock);
  fakes.push(fake);
  const { url } = fake.host;
  const source = await alpacaNewsSource({
    clock,
    prng: new Prng(1),
    baseUrl: url,
    tradingUrl: url,
    credentials: alpacaKey,
    ...options,
  });
  return { source, fake, clock };
}

async function pagesOf(source: NewsSource, request: Partial<NewsRequest> = {}): Promise<NewsItem[][]> {
  const pages: NewsItem[][] = [];
  const whole = { symbols: ["AAPL"], fromMs, toMs: nowMs, ...request };
  for await (const page of source.fetchNews(whole)) pages.push([...page]);
  return pages;
}

const idsOf = (pages: readonly (readonly NewsItem[])[]): string[] => pages.flat().map(({ id }) => id);

test("pages of 50 follow their tokens to the end, oldest first, none twice", async () => {
  const { source, fake } = await setUp();
  for (let id = 120; id >= 1; id--) fake.articles.push(fakeArticle(id, fromMs + id * hourMs));
  const pages = await pagesOf(source);
  expect(pages.map((page) => page.length)).toEqual([50, 50, 20]);
  expect(idsOf(pages)).toEqual(Array.from({ length: 120 }, (_, k) => `alpaca:${k + 1}`));
  expect(Object.fromEntries(fake.host.requests[0]!.query)).toMatchObject({
    symbols: "AAPL",
    sort: "asc",
    limit: "50",
    include_content: "false",
  });
  expect(fake.host.requests[2]!.query.get("page_token")).toBe(btoa(`${fromMs + 100 * hourMs}|100`));
});

test("the range begins with its first moment and ends before its last", async () => {
  const { source, fake } = await setUp();
  for (const [id, timeMs] of [fromMs - 1000, fromMs, nowMs - 1000, nowMs].entries())
    fake.articles.push(fakeArticle(id + 1, timeMs));
  expect(idsOf(await pagesOf(source))).toEqual(["alpaca:2", "alpaca:3"]);
  expect(await pagesOf(source, { toMs: fromMs })).toEqual([]);
});

test("of a revised article history has the newest version, found by the time of its revision", async () => {
  const { source, fake } = await setUp();
  fake.articles.push(fakeArticle(7, fromMs + hourMs, { headline: "first" }));
  fake.articles.push(fakeArticle(7, fromMs + hourMs, { updatedMs: fromMs + dayMs, headline: "second" }));
  expect((await pagesOf(source)).flat()).toMatchObject([
    { headline: "second", publishedAtMs: fromMs + hourMs, updatedAtMs: fromMs + dayMs, receivedAtMs: nowMs },
  ]);
  expect(await pagesOf(source, { toMs: fromMs + dayMs })).toEqual([]);
});

test("crypto is asked for as the news write it and comes back as it was asked for", async () => {
  const { source, fake } = await setUp();
  fake.articles.push(fakeArticle(1, fromMs, { symbols: ["BTCUSD", "COIN"] }));
  const [item] = (await pagesOf(source, { symbols: ["BTC/USD"] })).flat();
  expect(item!.symbols).toEqual(["BTC/USD", "COIN"]);
  expect(fake.host.requests[0]!.query.get("symbols")).toBe("BTCUSD");
});

test("an article that is malformed costs itself, is counted, and the rest of its page stays", async () => {
  const { source, fake } = await setUp();
  const good = fakeArticle(1, fromMs);
  const bad = [
    { ...good, id: 2, headline: "  " },
    { ...good, id: 3, updated_at: "yesterday" },
    { ...good, id: 4, symbols: "AAPL" },
    { ...good, id: 5, created_at: undefined },
    { ...good, id: null },
    { ...good, id: 6, symbols: ["TSLA"] },
    "text",
  ];
  fake.host.answer = () => ({ body: { news: [...bad, good], next_page_token: null } });
  let quarantine: NewsQuarantine | null = null;
  const pages = await pagesOf(source, { onQuarantine: (entry) => (quarantine = entry) });
  expect(idsOf(pages)).toEqual(["alpaca:1"]);
  expect(quarantine).toEqual({
    count: 7,
    examples: [
      expect.stringContaining("article 2: headline"),
      'article 3: updated_at: "yesterday" is not a time',
      expect.stringContaining("article 4: symbols"),
      expect.stringContaining("article 5: created_at"),
      expect.stringContaining("an article without a number: id"),
    ],
  });
});

test.each([
  ["an HTML page", { kind: "html", status: 200 } as const],
  ["half a body", { kind: "half" } as const],
  ["a body of another shape", { kind: "reply", body: { articles: [] } } as const],
  ["a dropped connection", { kind: "drop" } as const],
  ["an error of the server", { kind: "reply", status: 500, body: {} } as const],
])("%s is asked for again", async (_name, fault) => {
  const { source, fake } = await setUp();
  fake.articles.push(fakeArticle(1, fromMs));
  fake.host.faults.push(fault);
  expect(idsOf(await pagesOf(source))).toEqual(["alpaca:1"]);
  expect(fake.host.requests).toHaveLength(2);
});

test("a page that leads back to itself is not followed for ever", async () => {
  const { source, fake } = await setUp();
  fake.host.answer = ({ query }) => ({
    body: {
      news: [fakeArticle(1, fromMs)],
      next_page_token: query.get("page_token") === "a" ? "b" : "a",
    },
  });
  await expect(pagesOf(source)).rejects.toThrow(/SOURCE_UNREACHABLE.*leads back to itself/);
});

test("news of an unknown symbol are an error and not silence, and the nearest name is offered", async () => {
  const { source } = await setUp();
  await expect(pagesOf(source, { symbols: ["APPL"] })).rejects.toMatchObject({
    parts: { code: "SYMBOL_UNKNOWN", fix: 'did you mean "AAPL"?' },
  });
  await expect(pagesOf(source, { symbols: ["aapl1"] })).rejects.toMatchObject({
    parts: { code: "SYMBOL_UNKNOWN" },
  });
  // Known and quiet: nothing to tell.
  expect(await pagesOf(source, { symbols: ["MSFT"] })).toEqual([]);
  expect(await pagesOf(source, { symbols: ["BTC/USD"] })).toEqual([]);
});

test("a request without a symbol, or with one that would ask for something else, is refused", async () => {
  const { source, fake } = await setUp();
  for (const symbols of [[], ["A,B"], ["*"], ["A B"]])
    await expect(pagesOf(source, { symbols })).rejects.toThrow(/SYMBOL_INVALID/);
  expect(fake.host.requests).toHaveLength(0);
});

test("a key is needed, a wrong one is refused, and neither is shown", async () => {
  const clock = new ManualClock(nowMs);
  await expect(alpacaNewsSource({ clock, prng: new Prng(1) })).rejects.toThrow(/SOURCE_KEY_MISSING/);
  const { source } = await setUp({ credentials: { keyId: "PKWRONGKEY", secret: "wrong-secret" } });
  const error = await pagesOf(source).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(/SOURCE_KEY_REFUSED/);
  expect(JSON.stringify(error)).not.toMatch(/PKWRONG|wrong-secret/);
});

test("a closed source fetches and streams nothing more", async () => {
  const { source } = await setUp();
  await source.close();
  await expect(pagesOf(source)).rejects.toThrow(/SOURCE_CLOSED/);
  const request = { symbols: ["AAPL"], onItem() {}, onState() {} };
  expect(() => source.subscribe(request)).toThrow(/SOURCE_CLOSED/);
});

// Recorded: the answers in Alpaca's documents.
test.skipIf(!hasShared)("the articles of Alpaca's documents are read as they stand there", async () => {
  const { source, fake } = await setUp();
  const name = "api-references__market-data-api__news-data__historical";
  const recorded = ["01", "02"].map(
    (number) =>
      (
        JSON.parse(
          readFileSync(
            sharedPath("fixtures", "market", "alpaca-doc-examples", `${name}.${number}.json`),
            "utf8",
          ),
        ) as { message: { news?: unknown[] } }
      ).message,
  );
  fake.host.answer = () => ({ body: { news: [...recorded[0]!.news!, recorded[1]], next_page_token: null } });
  const items = await pagesOf(source, {
    symbols: ["AAPL", "DOGE/USD"],
    fromMs: Date.parse("2021-12-29"),
    toMs: Date.parse("2022-01-01"),
  });
  expect(items.flat()).toMatchObject([
    {
      id: "alpaca:24803233",
      publishedAtMs: Date.parse("2021-12-29T15:11:03Z"),
      updatedAtMs: Date.parse("2021-12-30T20:37:41Z"),
      symbols: ["AMZN", "BTCUSD", "COIN", "DOGE/USD", "SPCE", "TSLA", "TWTR"],
      author: "Sue Strachan",
      url: null,
    },
    {
      id: "alpaca:24843171",
      updatedAtMs: Date.parse("2021-12-31T11:08:43Z"),
      symbols: ["AAPL"],
      summary: "",
      sourceName: "benzinga",
    },
  ]);
});

test("what a limit of the venue asks for is kept: the next request waits", async () => {
  const { source, fake, clock } = await setUp();
  fake.articles.push(fakeArticle(1, fromMs));
  fake.host.faults.push({ kind: "reply", status: 429, headers: { "retry-after": "30" }, body: {} });
  expect(idsOf(await pagesOf(source))).toEqual(["alpaca:1"]);
  expect(clock.nowMs() - nowMs).toBeGreaterThanOrEqual(minuteMs / 2);
});
