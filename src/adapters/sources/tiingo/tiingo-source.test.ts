import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { afterEach, expect, test } from "vitest";
import { FakeHost, type FakeReply, type FakeRequest, type Fault } from "../../../../test/fakes/fake-host.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import type { KiwiError } from "../../../base/errors.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, minuteMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { BarRequest, BarSource } from "../../../ports/bar-source.ts";
import type { TiingoMarket } from "./tiingo-messages.ts";
import { tiingoSource, type TiingoOptions } from "./tiingo-source.ts";

const token = "0123456789abcdef0123456789abcdef";
const nowMs = Date.parse("2024-03-05T18:00:30Z");

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

async function setUp(
  market: TiingoMarket,
  answer: (request: FakeRequest) => FakeReply,
  options: Partial<TiingoOptions> = {},
): Promise<{ source: BarSource; host: FakeHost; clock: ManualClock }> {
  const clock = new ManualClock(nowMs, "auto");
  const host = await FakeHost.start(clock);
  hosts.push(host);
  host.answer = (request) =>
    request.headers.authorization === `Token ${token}`
      ? answer(request)
      : { status: 401, body: { detail: "Invalid token." } };
  const source = await tiingoSource({
    clock,
    prng: new Prng(1),
    market,
    credentials: { token },
    baseUrl: host.url,
    tickersUrl: host.url,
    ...options,
  });
  return { source, host, clock };
}

async function fetchAll(source: BarSource, request: Partial<BarRequest>): Promise<Bars[]> {
  const pages: Bars[] = [];
  const whole = { symbol: "GOOGL", timeframe: "1d" as const, fromMs: 0, toMs: nowMs, ...request };
  for await (const page of source.fetchBars(whole)) pages.push(page);
  return pages;
}

const isoOf = (pages: readonly Bars[]): string[] =>
  pages.flatMap((page) => [...page.closeTimeMs].map((timeMs) => new Date(timeMs).toISOString().slice(0, 16)));

/** Body of a recorded answer: a quoted string in a YAML file. */
function recorded(name: string): unknown {
  const text = readFileSync(sharedPath("fixtures", "brokers", "tiingo-vcr", name), "utf8");
  return JSON.parse(/string: '([\s\S]*?)'\}/.exec(text)![1]!.replaceAll("''", "'"));
}

// Recorded: real answers of Tiingo, from tiingo-python's tests.
test.skipIf(!hasShared)("a recorded day of stocks closes with its session", async () => {
  const body = recorded("ticker_price_with_date.yaml");
  const { source, host } = await setUp("daily", () => ({ body }));
  const pages = await fetchAll(source, {
    fromMs: Date.parse("2015-01-02"),
    toMs: Date.parse("2015-01-06"),
  });
  expect(isoOf(pages)).toEqual(["2015-01-02T21:00", "2015-01-05T21:00"]);
  expect([
    pages[0]!.open[0],
    pages[0]!.high[0],
    pages[0]!.low[1],
    pages[0]!.close[1],
    pages[0]!.volume[1],
  ]).toEqual([532.6, 535.8, 517.75, 519.46, 2059119]);
  const [request] = host.requests;
  expect([request!.path, Object.fromEntries(request!.query)]).toEqual([
    "/tiingo/daily/GOOGL/prices",
    { startDate: "2015-01-01", endDate: "2015-01-05", resampleFreq: "daily", format: "json" },
  ]);
});

test.skipIf(!hasShared)(
  "recorded half hours of IEX have no volume and close half an hour later",
  async () => {
    const body = recorded("intraday_price.yaml");
    const { source, host } = await setUp("iex", () => ({ body }));
    const pages = await fetchAll(source, {
      timeframe: "30m",
      fromMs: Date.parse("2018-01-02"),
      toMs: Date.parse("2018-01-03"),
    });
    expect(isoOf(pages)).toHaveLength(13);
    expect([isoOf(pages)[0], isoOf(pages)[12]]).toEqual(["2018-01-02T15:00", "2018-01-02T21:00"]);
    expect([pages[0]!.close[12], Math.max(...pages[0]!.volume)]).toEqual([1073.315, 0]);
    expect(host.requests[0]!.path).toBe("/iex/GOOGL/prices");
    expect(host.requests[0]!.query.get("resampleFreq")).toBe("30min");
  },
);

test.skipIf(!hasShared)("recorded days of crypto close at midnight UTC", async () => {
  const pairs = recorded("crypto_price_history.yaml") as { ticker: string }[];
  const { source } = await setUp("crypto", ({ query }) => ({
    body: pairs.filter(({ ticker }) => ticker === query.get("tickers")),
  }));
  const range = { fromMs: Date.parse("2019-05-01"), toMs: Date.parse("2019-05-04") };
  const pages = await fetchAll(source, { symbol: "btcusd", ...range });
  expect(isoOf(pages)).toEqual(["2019-05-02T00:00", "2019-05-03T00:00"]);
  expect([pages[0]!.close[0], pages[0]!.volume[1]]).toEqual([5420.0896708474575, 40036.510605330004]);
});

test("adjusted prices are taken when they are asked for", async () => {
  const row = { date: "2020-08-28T00:00:00.000Z", open: 504, high: 506, low: 498, close: 499, volume: 46907 };
  const body = [{ ...row, adjOpen: 126, adjHigh: 126.5, adjLow: 124.5, adjClose: 124.75, adjVolume: 187628 }];
  const range = { symbol: "AAPL", fromMs: Date.parse("2020-08-28"), toMs: Date.parse("2020-08-29") };
  const raw = await setUp("daily", () => ({ body }));
  expect((await fetchAll(raw.source, range))[0]!.close[0]).toBe(499);
  const adjusted = await setUp("daily", () => ({ body }), { isAdjusted: true });
  const [page] = await fetchAll(adjusted.source, range);
  expect([page!.close[0], page!.volume[0]]).toEqual([124.75, 187628]);
});

/** Minutes of a whole day, as the crypto and currency interfaces write them. */
const minutesOf = ({ query }: FakeRequest): object[] => {
  const fromMs = Date.parse(query.get("startDate")!);
  const toMs = Math.min(Date.parse(query.get("endDate")!) + dayMs, nowMs);
  const rows = [];
  for (let openMs = fromMs; openMs < toMs; openMs += 5 * minuteMs) {
    rows.push({ date: new Date(openMs).toISOString(), open: 10, high: 11, low: 9, close: 10 });
  }
  return rows;
};

test("a long range is asked for in windows that overlap, and each bar comes once", async () => {
  const { source, host } = await setUp("fx", (request) => ({ body: minutesOf(request) }));
  const fromMs = Date.parse("2024-01-10");
  const pages = await fetchAll(source, { symbol: "eurusd", timeframe: "5m", fromMs, toMs: nowMs });
  const closes = pages.flatMap((page) => [...page.closeTimeMs]);
  const expected = Math.floor((nowMs - 1_000 - fromMs) / (5 * minuteMs)) + 1;
  expect(closes).toEqual(Array.from({ length: expected }, (_, k) => fromMs + 5 * k * minuteMs));
  expect(host.requests.map(({ query }) => [query.get("startDate"), query.get("endDate")])).toEqual([
    ["2024-01-09", "2024-01-25"],
    ["2024-01-25", "2024-02-10"],
    ["2024-02-10", "2024-02-26"],
    ["2024-02-26", "2024-03-05"],
  ]);
});

const passing: readonly (readonly [string, Fault])[] = [
  ["an error 502 in HTML", { kind: "html", status: 502 }],
  ["a maintenance page with status 200", { kind: "html", status: 200 }],
  ["half of the JSON", { kind: "half" }],
  ["a body cut in the middle", { kind: "cut" }],
  ["a broken connection", { kind: "drop" }],
  ["no answer", { kind: "hang" }],
];

test.each(passing)("%s is tried again and costs nothing", async (_what, fault) => {
  const { source, host } = await setUp("fx", (request) => ({ body: minutesOf(request) }), {
    requestTimeoutMs: 100,
  });
  host.faults.push(fault, fault);
  const pages = await fetchAll(source, { symbol: "eurusd", timeframe: "5m", fromMs: nowMs - 30 * minuteMs });
  expect(isoOf(pages)).toHaveLength(6);
  expect(host.requests).toHaveLength(3);
});

test("a used-up hour is an error that says when it is back", async () => {
  const { source, host } = await setUp("daily", () => ({ body: [] }));
  host.faults.push({
    kind: "reply",
    status: 429,
    body: { detail: "You have run over your hourly request allocation" },
  });
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_RATE_LIMITED.*2024-03-05T19:00:00Z.*hourly/);
});

test("a wrong token is final and never shown", async () => {
  const wrong = "feedfacefeedfacefeedfacefeedface";
  const { source, host } = await setUp("daily", () => ({ body: [] }), { credentials: { token: wrong } });
  host.faults.push({ kind: "reply", status: 403, body: { detail: `no: ${wrong}` } });
  const error = (await fetchAll(source, {}).catch((caught: unknown) => caught)) as KiwiError;
  expect([error.parts.code, error.parts.message]).toEqual([
    "SOURCE_KEY_REFUSED",
    "Tiingo refused the key: no: ***",
  ]);
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_KEY_REFUSED.*Invalid token/);
});

const tickers = [
  "ticker,exchange,assetType,priceCurrency,startDate,endDate",
  "AAPL,NASDAQ,Stock,USD,1980-12-12,2024-03-04",
  "GOOGL,NASDAQ,Stock,USD,2004-08-19,2024-03-04",
  "NODATES,NASDAQ,Stock,USD,,",
  "SPY,NYSE ARCA,ETF,USD,1993-01-29,2024-03-04",
].join("\r\n");

test("an unknown stock is refused with the nearest one of Tiingo's zipped list", async () => {
  const clock = new ManualClock(nowMs);
  const files = await FakeHost.start(clock);
  hosts.push(files);
  const { source, host } = await setUp("daily", () => ({ status: 404, body: { detail: "Not found." } }), {
    tickersUrl: files.url,
  });
  const zip = Buffer.from(zipSync({ "supported_tickers.csv": strToU8(tickers) }));
  files.answer = () => ({ headers: { "content-type": "application/zip" }, body: zip });
  const error = (await fetchAll(source, { symbol: "GOGL" }).catch((caught: unknown) => caught)) as KiwiError;
  expect([error.parts.code, error.parts.fix]).toEqual(["SYMBOL_UNKNOWN", 'did you mean "GOOGL"?']);
  expect((await source.symbols()).map(({ symbol, assetClass }) => [symbol, assetClass])).toEqual([
    ["AAPL", "equity"],
    ["GOOGL", "equity"],
    ["SPY", "equity"],
  ]);
  // The list is public: the token stays at home.
  expect(files.requests[0]!.headers).not.toHaveProperty("authorization");
  expect([host.requests.length, files.requests.length]).toEqual([1, 1]);
});

test("an unknown pair, which is answered with nothing, is refused too", async () => {
  const { source } = await setUp("crypto", ({ path }) => ({
    body: path === "/tiingo/crypto" ? [{ ticker: "btcusd", baseCurrency: "btc", quoteCurrency: "usd" }] : [],
  }));
  await expect(fetchAll(source, { symbol: "btcusx" })).rejects.toThrow(/SYMBOL_UNKNOWN/);
  expect(await fetchAll(source, { symbol: "btcusd" })).toEqual([]);
});

test("a refusal in words is passed on, whatever its status", async () => {
  const { source, host } = await setUp("daily", () => ({ body: ["Error: resampleFreq must be daily"] }));
  await expect(fetchAll(source, {})).rejects.toThrow(/SOURCE_REFUSED.*resampleFreq must be daily/);
  expect(host.requests).toHaveLength(1);
});

test("there is no stream", async () => {
  const { source } = await setUp("daily", () => ({ body: [] }));
  expect(() => source.subscribe({ symbols: ["AAPL"], timeframes: ["1d"], onBar() {}, onState() {} })).toThrow(
    /TIMEFRAME_UNSUPPORTED Tiingo daily has no stream/,
  );
});
