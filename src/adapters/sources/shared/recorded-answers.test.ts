import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { FakeHost } from "../../../../test/fakes/fake-host.ts";
import { ManualClock } from "../../../../test/fakes/manual-clock.ts";
import { hasShared, sharedPath } from "../../../../test/shared.ts";
import { mapConcurrently } from "../../../base/map-concurrently.ts";
import { Prng } from "../../../base/prng.ts";
import { dayMs, hourMs } from "../../../base/time.ts";
import type { Bars } from "../../../domain/bars.ts";
import type { Timeframe } from "../../../domain/timeframe.ts";
import type { BarRequest, BarSource, RowQuarantine } from "../../../ports/bar-source.ts";
import { startFakeBinance } from "../../../../test/fakes/fake-binance.ts";
import { binanceSource } from "../binance/binance-source.ts";
import { bybitSource } from "../bybit/bybit-source.ts";
import type { SourceOptions } from "./source-options.ts";

const nowMs = Date.parse("2024-03-05T12:00:30Z");

const hosts: FakeHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

async function sourceOf(
  make: (options: SourceOptions) => Promise<BarSource>,
  body: unknown,
): Promise<{ source: BarSource; host: FakeHost }> {
  const clock = new ManualClock(nowMs, "auto");
  const host = await FakeHost.start(clock);
  hosts.push(host);
  host.answer = () => ({ body });
  const source = await make({ clock, prng: new Prng(1), baseUrl: host.url });
  return { source, host };
}

async function fetchAll(
  source: BarSource,
  symbol: string,
  timeframe: Timeframe,
  dates: readonly [from: string, to: string],
): Promise<{ pages: Bars[]; quarantine: readonly RowQuarantine[] }> {
  const pages: Bars[] = [];
  let quarantine: readonly RowQuarantine[] = [];
  const request: BarRequest = {
    symbol,
    timeframe,
    fromMs: Date.parse(dates[0]),
    toMs: Date.parse(dates[1]),
    onQuarantine: (entries) => (quarantine = entries),
  };
  for await (const page of source.fetchBars(request)) pages.push(page);
  return { pages, quarantine };
}

const json = (...parts: readonly string[]): unknown =>
  JSON.parse(readFileSync(sharedPath("fixtures", ...parts), "utf8"));

// Recorded: the answer in Binance's documents (NautilusTrader's test data), a week of ETH/BTC in 2017.
test.skipIf(!hasShared)("Binance's documented klines are a bar, word for word", async () => {
  const body = json("brokers", "nautilus-binance", "spot__http_json__klines_response.json");
  const { source } = await sourceOf(binanceSource, body);
  const { pages } = await fetchAll(source, "ETHBTC", "1w", ["2017-07-05", "2017-07-16"]);
  expect(pages).toHaveLength(1);
  expect(pages[0]).toMatchObject({
    length: 1,
    closeTimeMs: Float64Array.of(1499644800000),
    open: Float64Array.of(0.0163479),
    high: Float64Array.of(0.8),
    low: Float64Array.of(0.015758),
    close: Float64Array.of(0.015771),
    volume: Float64Array.of(148976.11427815),
  });
});

// Recorded: the lists of symbols that cryptofeed fetched in 2021, from Binance and Binance US.
test.skipIf(!hasShared).each([
  ["BINANCE", 1_695, 1_262],
  ["BINANCE_US", 121, 117],
])("every symbol of the list of %s has its steps", async (name, count, trading) => {
  const text = gunzipSync(
    readFileSync(sharedPath("fixtures", "market", "cryptofeed-raw", `${name}.0.gz`)),
  ).toString();
  const [line = ""] = text.split("\n");
  const { source } = await sourceOf(binanceSource, JSON.parse(line.slice(line.indexOf(": ") + 2)));
  const symbols = await source.symbols();
  expect([symbols.length, symbols.filter(({ isTrading }) => isTrading).length]).toEqual([count, trading]);
  for (const info of symbols) {
    expect([info.symbol, info.tickSize! > 0, info.lotSize! > 0, info.notionalMin! > 0]).toEqual([
      info.symbol,
      true,
      true,
      true,
    ]);
  }
});

// Recorded: the example in Bybit's documents. Its bars are of an inverse contract, newest first.
test.skipIf(!hasShared)("Bybit's documented klines are bars, turned round", async () => {
  const { message } = json("market", "bybit-v5-doc-examples", "v5__market__kline.01.json") as {
    message: unknown;
  };
  const { source } = await sourceOf((options) => bybitSource({ ...options, category: "inverse" }), {
    ...(message as object),
    time: nowMs,
  });
  const { pages } = await fetchAll(source, "BTCUSD", "1h", ["2022-12-09", "2022-12-10"]);
  const rows = (message as { result: { list: string[][] } }).result.list.toReversed();
  expect(rows.length).toBeGreaterThan(1);
  expect([...pages[0]!.closeTimeMs]).toEqual(rows.map(([start]) => Number(start) + hourMs));
  expect([...pages[0]!.close]).toEqual(rows.map((row) => Number(row[4])));
  expect([...pages[0]!.volume]).toEqual(rows.map((row) => Number(row[6])));
});

// Recorded: an answer made up for a test of NautilusTrader, whose minute begins at second 39.
test.skipIf(!hasShared)(
  "a bar that begins where none can is quarantined, in whatever answer it comes",
  async () => {
    const body = json("brokers", "nautilus-bybit", "http_get_klines_linear.json") as object;
    const { source } = await sourceOf(bybitSource, { ...body, time: nowMs });
    const { pages, quarantine } = await fetchAll(source, "BTCUSDT", "1m", [
      "2024-03-08T00:00Z",
      "2024-03-09",
    ]);
    expect(pages).toEqual([]);
    expect(quarantine.map(({ fault, count }) => [fault, count])).toEqual([["offGrid", 1]]);
  },
);

test.skipIf(!hasShared)("Bybit's documented instruments have their steps", async () => {
  const linear = json("brokers", "nautilus-bybit", "http_get_instruments_linear.json");
  const spot = json("brokers", "nautilus-bybit", "http_get_instruments_spot.json");
  const first = await sourceOf(bybitSource, { ...(linear as object), time: nowMs });
  expect(
    (await first.source.symbols()).map(({ symbol, tickSize, lotSize }) => [symbol, tickSize, lotSize]),
  ).toEqual([
    ["BTCUSDT", 0.5, 0.001],
    ["ETHUSDT", 0.05, 0.01],
  ]);
  const second = await sourceOf((options) => bybitSource({ ...options, category: "spot" }), {
    ...(spot as object),
    time: nowMs,
  });
  expect(
    (await second.source.symbols()).map(({ symbol, tickSize, lotSize, notionalMin }) => [
      symbol,
      tickSize,
      lotSize,
      notionalMin,
    ]),
  ).toEqual([
    ["BTCUSDT", 0.1, 0.0001, 10],
    ["ETHUSDT", 0.01, 0.00001, 10],
  ]);
});

test.each([3, 50, 550])(
  "%i symbols are fetched side by side, none twice and none left out",
  async (count) => {
    const clock = new ManualClock(nowMs, "auto");
    const fake = await startFakeBinance(clock, 0);
    hosts.push(fake.host);
    const answer = fake.host.answer;
    fake.host.answer = (request) => {
      request.query.set("symbol", "BTCUSDT");
      return answer(request);
    };
    const source = await binanceSource({ clock, prng: new Prng(1), baseUrl: fake.host.url });
    const symbols = Array.from({ length: count }, (_, k) => `S${k}USDT`);
    const lengths = await mapConcurrently(symbols, 16, async (symbol) => {
      let length = 0;
      const range = { symbol, timeframe: "1h" as const, fromMs: nowMs - dayMs, toMs: nowMs };
      for await (const page of source.fetchBars(range)) length += page.length;
      return length;
    });
    expect(new Set(lengths)).toEqual(new Set([24]));
    expect(fake.host.requests).toHaveLength(count);
  },
);
