import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { fakeArticle } from "../../../../test/fakes/fake-alpaca-news.ts";
import { dayOf, startNewsProject } from "../../../../test/news-project.ts";
import { runKiwi } from "../../../../test/run-kiwi.ts";
import { takeInterrupt } from "../../interrupt.ts";

const project = await startNewsProject();
const { folder, venue, startMs, newestMs, newsFrom, kiwi, fetchNews } = project;
afterAll(project.close);

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

type Failure = { readonly code: string; readonly message: string; readonly fix: string };
function failureIn(out: string): Failure {
  const answer = JSON.parse(out) as { error?: Failure; symbols?: readonly { error: Failure }[] };
  return answer.error ?? answer.symbols![0]!.error;
}

/** The requests for news so far. */
function asked() {
  return venue.host.requests.filter(({ path }) => path === "/v1beta1/news");
}

test("news are downloaded once, and a second time nothing is asked for", async () => {
  const range = ["--from", newsFrom, "--to", dayOf(newestMs)];
  const first = await fetchNews("AAPL", ...range, "--json");
  expect([first.code, first.err]).toEqual([0, ""]);
  expect(JSON.parse(first.out)).toMatchObject({
    schema: "data-news@1",
    ok: true,
    source: "Alpaca news",
    symbols: [
      {
        symbol: "AAPL",
        added: 120,
        revised: 0,
        covered: [{ fromMs: startMs - 12 * dayMs, toMs: newestMs }],
        error: null,
      },
    ],
  });
  const before = asked().length;
  const again = await fetchNews("AAPL", ...range);
  expect([asked().length, again.code]).toEqual([before, 0]);
  expect(again.out).toMatch(new RegExp(String.raw`AAPL +0 +0 +0 +${newsFrom} \.\. ${dayOf(newestMs)}$`));
});

test("without symbols all that are held go on from there: a revision is a new version", async () => {
  const { id, created_at: createdAt, headline } = venue.articles[100]!;
  const updatedMs = newestMs + hourMs;
  venue.articles.push(
    fakeArticle(id, Date.parse(createdAt), { headline: `${headline} (corrected)`, updatedMs }),
  );
  const before = asked().length;
  const { code, out } = await fetchNews("--json");
  expect([code, JSON.parse(out)]).toMatchObject([0, { symbols: [{ symbol: "AAPL", added: 0, revised: 1 }] }]);
  const fromMs = Date.parse(asked()[before]!.query.get("start")!);
  expect(fromMs).toBeGreaterThanOrEqual(newestMs - dayMs);
});

test("what is held is listed, as a table and as JSON", async () => {
  const { out } = await kiwi("data", "news", "--list", "--json");
  expect(JSON.parse(out)).toMatchObject({
    schema: "data-news-list@1",
    symbols: [{ symbol: "AAPL", articles: 120, versions: 121 }],
  });
  const shown = await kiwi("data", "news", "list");
  expect(shown.out).toMatch(new RegExp(String.raw`AAPL +120 +1 +${newsFrom} \.\. .* +Alpaca news +20`));
  const nothing = await kiwi("data", "news", "list", "--data-folder", "nothing");
  expect([nothing.code, nothing.err]).toEqual([4, expect.stringContaining("NEWS_NONE")]);
});

test("a download that was interrupted goes on where the news were safe", async () => {
  const { host } = venue;
  const answer = host.answer;
  const args = ["AAPL", "--from", dayOf(startMs - 200 * dayMs), "--to", newsFrom, "--json"];
  const start = asked().length;
  host.answer = (request) => {
    if (request.path === "/v1beta1/news" && asked().length - start === 3) takeInterrupt()?.(130);
    return answer(request);
  };
  const stopped = await fetchNews(...args);
  host.answer = answer;
  expect([stopped.code, JSON.parse(stopped.out)]).toMatchObject([130, { ok: false, interrupted: true }]);
  const before = asked().length;
  const { code } = await fetchNews(...args);
  expect(code).toBe(0);
  expect(Date.parse(asked()[before]!.query.get("start")!)).toBeGreaterThan(startMs - 150 * dayMs);
});

test("symbols that a provider writes otherwise have our names in the store", async () => {
  // One of the 120 was revised after the range.
  const range = ["--from", newsFrom, "--to", dayOf(newestMs), "--data-folder", "ours"];
  const { code } = await fetchNews("APPLE", ...range, "--set", "providers.alpaca.symbols.APPLE=AAPL");
  const { out } = await kiwi("data", "news", "list", "--data-folder", "ours", "--json");
  expect([code, JSON.parse(out)]).toMatchObject([0, { symbols: [{ symbol: "APPLE", articles: 119 }] }]);
});

test("an article is one and the same, whichever of its symbols it was fetched for", async () => {
  const both = { headline: "Profit soars", symbols: ["AAPL", "BTCUSD"] };
  venue.articles.push(fakeArticle(900, startMs + 1_000, both));
  const args = ["--from", newsFrom, "--to", dayOf(newestMs), "--data-folder", "both"];
  for (const symbol of ["AAPL", "BTC/USD"]) await fetchNews(symbol, ...args);
  const { out } = await kiwi("data", "news", "list", "--data-folder", "both", "--json");
  expect(JSON.parse(out)).toMatchObject({
    symbols: [
      { symbol: "AAPL", articles: 120, versions: 120 },
      { symbol: "BTCUSD", articles: 1, versions: 1 },
    ],
  });
});

test("articles of another vendor come from a file, and so does what it covers", async () => {
  const article = (id: number, timeMs: number, symbols = ["IBM"]) => {
    const publishedAt = new Date(timeMs).toISOString();
    return JSON.stringify({ id, publishedAt, headline: "Profit soars", symbols });
  };
  const lines = [article(1, startMs), article(2, startMs + dayMs), article(3, startMs, ["OIL"])];
  writeFileSync(join(folder, "vendor.jsonl"), lines.join("\n"));
  const args = ["data", "news", "IBM", "--file", "vendor.jsonl"];
  const bare = await kiwi(...args, "--data-folder", "bare", "--json");
  expect(JSON.parse(bare.out)).toMatchObject({
    symbols: [{ added: 2, covered: [{ fromMs: startMs, toMs: startMs + dayMs + 1 }] }],
  });
  const range = ["--from", newsFrom, "--to", dayOf(newestMs)];
  const { code, out, err } = await kiwi(...args, ...range);
  expect([code, out, err]).toEqual([
    0,
    expect.stringMatching(new RegExp(String.raw`IBM +2 +0 +0 +${newsFrom} \.\. ${dayOf(newestMs)}$`)),
    "warning 1 articles are about other symbols and were left out",
  ]);
  writeFileSync(join(folder, "vendor.json"), `[${lines.join()}]`);
  const again = await kiwi(...args.with(4, "vendor.json"), ...range, "--json");
  expect(JSON.parse(again.out)).toMatchObject({ symbols: [{ added: 0, unchanged: 2 }], others: 1 });
});

const whole = { id: 1, publishedAt: "2024-01-01T10:00:00Z", headline: "a", symbols: ["A"] };
test.each([
  [
    "no time zone",
    { ...whole, publishedAt: "2024-01-01T10:00:00" },
    /line 2: publishedAt .* has no time zone: give 2024/,
  ],
  ["seconds", { ...whole, publishedAt: 1_700_000_000 }, /line 2: publishedAt 1700000000 is not a time/],
  ["the future", { ...whole, publishedAt: "2150-01-01T10:00:00Z" }, /line 2: it came out 2150.*the present/],
  ["no headline", { ...whole, headline: undefined }, /line 2: headline: /],
  ["an early revision", { ...whole, updatedAt: "2023-01-01T10:00:00Z" }, /updatedAt is before publishedAt/],
  ["no article", 17, /line 2: it is no article/],
] as const)("a file with an article that cannot be right is refused whole: %s", async (_, value, message) => {
  const text = [{ ...whole, id: 2 }, value].map((one) => JSON.stringify(one)).join("\n");
  writeFileSync(join(folder, "bad.jsonl"), text);
  const { code, out } = await kiwi("data", "news", "A", "--file", "bad.jsonl", "--json");
  expect([code, failureIn(out)]).toMatchObject([
    4,
    { code: "NEWS_FILE_INVALID", message: expect.stringMatching(message) },
  ]);
  expect((await kiwi("data", "news", "--list")).out).not.toMatch(/^A /m);
});

test.each([
  [2, "NEWS_SYMBOL_MISSING", ["--file", "vendor.jsonl"], "kiwi data news AAPL MSFT --file"],
  [4, "NEWS_FILE_EMPTY", ["XYZ", "--file", "vendor.jsonl"], "--from DAY --to DAY"],
  [4, "FILE_NOT_FOUND", ["AAPL", "--file", "nothing.jsonl"], "--file"],
  [2, "NEWS_SOURCE_UNKNOWN", ["AAPL", "--source", "binance"], "--source alpaca"],
  [2, "NEWS_NONE", ["--data-folder", "empty"], "kiwi data news AAPL MSFT"],
  [2, "RANGE_BACKWARDS", ["AAPL", "--from", "2024-02-01", "--to", "2024-01-01"], "exchange"],
  [3, "SOURCE_OPTION_UNKNOWN", ["AAPL", "--set", "providers.alpaca.baseUlr=x"], "baseUrl"],
  [4, "SYMBOL_UNKNOWN", ["XXXX", "--from", "2024-02-01", "--to", "2024-02-02"], ""],
] as const)("exit %i, %s", async (exit, code, args, fix) => {
  const { code: given, out } = await fetchNews(...args, "--json");
  expect([given, failureIn(out)]).toMatchObject([exit, { code, fix: expect.stringContaining(fix) }]);
});

test("a key that is not there is asked for by its name", async () => {
  const { code, out } = await runKiwi(folder, ["data", "news", "AAPL", "--json"]);
  expect([code, failureIn(out)]).toMatchObject([
    3,
    { code: "SECRET_MISSING", fix: expect.stringContaining("export APCA_API_KEY_ID=...") },
  ]);
});
