import { Prng } from "../src/base/prng.ts";
import { minuteMs, secondMs } from "../src/base/time.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import { alpacaSource } from "../src/adapters/sources/alpaca/alpaca-source.ts";
import { binanceSource } from "../src/adapters/sources/binance/binance-source.ts";
import { bybitSource } from "../src/adapters/sources/bybit/bybit-source.ts";
import { ccxtSource } from "../src/adapters/sources/ccxt/ccxt-source.ts";
import { alpacaBar, alpacaKey, startFakeAlpaca } from "./fakes/fake-alpaca.ts";
import { klineMessage, startFakeBinance } from "./fakes/fake-binance.ts";
import { bybitKline, startFakeBybit } from "./fakes/fake-bybit.ts";
import type { FakeCandle } from "./fakes/fake-candles.ts";
import { startFakeKucoin } from "./fakes/fake-ccxt-kucoin.ts";
import type { Fault } from "./fakes/fake-host.ts";
import type { SourceSubject } from "./source-subject.ts";

const timeframeMissing = "7m" as Timeframe;
const retryAfter = (seconds: number): Fault => ({
  kind: "reply",
  status: 429,
  headers: { "retry-after": String(seconds) },
  body: {},
});
/** Rows that are lists, whose volume is the sixth number. */
const withSixth = (row: unknown, volume: number): unknown => (row as unknown[]).with(5, String(volume));

/** Binance in front of its fake. */
export const binance: SourceSubject & { readonly stream: object } = {
  name: "Binance",
  symbol: "BTCUSDT",
  unknown: ["BTC-USDT", "BTCUSDT"],
  pageRows: 1_000,
  isBarRequest: (path) => path === "/api/v3/klines",
  busy: () => ({ fault: retryAfter(7), spanMs: 7 * secondMs }),
  editRows: (body, edit) => edit(body as unknown[]),
  withVolume: withSixth,
  timeframeMissing,
  async start(clock, venueClock, listedMs, options) {
    const { host, subscriptions } = await startFakeBinance(venueClock, listedMs);
    const { url: baseUrl, wsUrl } = host;
    const source = await binanceSource({ clock, prng: new Prng(1), baseUrl, wsUrl, ...options });
    const send = (symbol: string, candle: FakeCandle, isClosed: boolean): void =>
      host.send(klineMessage(symbol, "1m", candle, isClosed));
    return {
      source,
      host,
      sendBar: (symbol, candle) => send(symbol, candle, true),
      sendOpenBar: (symbol, candle) => send(symbol, candle, false),
      sendRevision: (symbol, candle) => send(symbol, candle, true),
      subscriptions: () => subscriptions.length,
    };
  },
  stream: { hasEveryMinute: true },
};

/** Bybit in front of its fake. */
export const bybit: SourceSubject & { readonly stream: object } = {
  name: "Bybit",
  symbol: "BTCUSDT",
  unknown: ["SOLUSD", "SOLUSDT"],
  pageRows: 1_000,
  isBarRequest: (path) => path === "/v5/market/kline",
  busy: (nowMs) => ({
    fault: {
      kind: "reply",
      headers: {
        "x-bapi-limit-status": "0",
        "x-bapi-limit-reset-timestamp": String(nowMs + 3 * secondMs),
      },
      body: { retCode: 10_006, retMsg: "Too many visits!", result: {}, retExtInfo: {}, time: nowMs },
    },
    spanMs: 3 * secondMs,
  }),
  editRows(body, edit) {
    const { result, ...envelope } = body as { result: { list: unknown[] } };
    return { ...envelope, result: { ...result, list: edit(result.list) } };
  },
  withVolume: withSixth,
  timeframeMissing,
  async start(clock, venueClock, listedMs, options) {
    const { host, subscriptions } = await startFakeBybit(venueClock, listedMs);
    const { url: baseUrl, wsUrl } = host;
    const source = await bybitSource({ clock, prng: new Prng(1), baseUrl, wsUrl, ...options });
    const send = (symbol: string, candle: FakeCandle, isClosed: boolean): void =>
      host.send(bybitKline(symbol, "1", minuteMs, candle, isClosed));
    return {
      source,
      host,
      sendBar: (symbol, candle) => send(symbol, candle, true),
      sendOpenBar: (symbol, candle) => send(symbol, candle, false),
      sendRevision: (symbol, candle) => send(symbol, candle, true),
      subscriptions: () => subscriptions.length,
    };
  },
  stream: { hasEveryMinute: true },
};

/** Alpaca in front of its fake. */
export const alpaca: SourceSubject & { readonly stream: object } = {
  name: "Alpaca",
  symbol: "AAPL",
  unknown: ["AAP1", "AAPL"],
  pageRows: 10_000,
  isBarRequest: (path) => path === "/v2/stocks/bars",
  busy: (nowMs) => ({
    fault: {
      kind: "reply",
      status: 429,
      headers: {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.ceil(nowMs / secondMs) + 20),
      },
      body: { code: 42910000, message: "too many requests." },
    },
    spanMs: 20 * secondMs,
  }),
  editRows(body, edit) {
    const { bars, ...envelope } = body as { bars: Record<string, unknown[]> };
    const edited = Object.entries(bars).map(([symbol, rows]) => [symbol, edit(rows)]);
    return { ...envelope, bars: Object.fromEntries(edited) };
  },
  withVolume: (row, volume) => ({ ...(row as object), v: volume }),
  timeframeMissing,
  async start(clock, venueClock, listedMs, options) {
    const fake = await startFakeAlpaca(venueClock, listedMs);
    const { url, wsUrl } = fake.host;
    const source = await alpacaSource({
      clock,
      prng: new Prng(1),
      baseUrl: url,
      tradingUrl: url,
      wsUrl,
      market: "stocks",
      credentials: alpacaKey,
      ...options,
    });
    const send = (T: string, symbol: string, candle: FakeCandle): void =>
      // The stream writes times as MessagePack timestamps.
      fake.send([{ T, S: symbol, ...alpacaBar(candle), t: new Date(candle.openMs) }]);
    return {
      source,
      host: fake.host,
      sendBar: (symbol, candle) => send("b", symbol, candle),
      sendRevision: (symbol, candle) => send("u", symbol, candle),
      subscriptions: () => fake.received.filter(({ action }) => action === "subscribe").length,
    };
  },
  stream: { hasEveryMinute: false },
};

/** KuCoin through ccxt in front of its fake. */
export const kucoin: SourceSubject = {
  name: "KuCoin through ccxt",
  symbol: "BTC/USDT",
  unknown: ["BTC-USDT", "BTC/USDT"],
  pageRows: 1_500,
  isBarRequest: (path) => path.endsWith("/market/candles"),
  busy: () => ({ fault: retryAfter(40), spanMs: 40 * secondMs }),
  editRows(body, edit) {
    const { data, ...envelope } = body as { data: unknown[] };
    return { ...envelope, data: edit(data) };
  },
  withVolume: withSixth,
  timeframeMissing,
  async start(clock, venueClock, listedMs, options) {
    const host = await startFakeKucoin(venueClock, listedMs);
    const source = await ccxtSource({
      exchangeId: "kucoin",
      clock,
      prng: new Prng(1),
      baseUrl: host.url,
      ...options,
    });
    return { source, host };
  },
};
