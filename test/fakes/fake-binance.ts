import { timeframeMs, type Timeframe } from "../../src/domain/timeframe.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { candlesBetween, type FakeCandle } from "./fake-candles.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

export type FakeBinance = {
  readonly host: FakeHost;
  /** What was subscribed to, one entry per SUBSCRIBE. */
  readonly subscriptions: string[][];
};

const symbols = ["BTCUSDT", "ETHUSDT", "BNBUSDT"];

/** Binance's spot market data, as its documents describe it; every symbol was listed at `listedMs`. */
export async function startFakeBinance(clock: Clock, listedMs: number): Promise<FakeBinance> {
  const host = await FakeHost.start(clock);
  const subscriptions: string[][] = [];
  host.answer = (request) => answer(request, clock, listedMs);
  host.socketHandler = {
    message(socket, data) {
      const asked = JSON.parse(data.toString()) as { method: string; params: string[]; id: number };
      if (asked.method !== "SUBSCRIBE") return;
      subscriptions.push(asked.params);
      socket.send(JSON.stringify({ result: null, id: asked.id }));
    },
  };
  return { host, subscriptions };
}

/** A message of a kline stream. */
export function klineMessage(
  symbol: string,
  timeframe: Timeframe,
  candle: FakeCandle,
  isClosed = true,
): unknown {
  const spanMs = timeframeMs(timeframe);
  return {
    stream: `${symbol.toLowerCase()}@kline_${timeframe}`,
    data: {
      e: "kline",
      E: candle.openMs + spanMs,
      s: symbol,
      k: {
        t: candle.openMs,
        T: candle.openMs + spanMs - 1,
        s: symbol,
        i: timeframe,
        f: 1,
        L: 2,
        o: candle.open,
        c: candle.close,
        h: candle.high,
        l: candle.low,
        v: candle.volume,
        n: 2,
        x: isClosed,
        q: "1",
        V: "1",
        Q: "1",
        B: "0",
      },
    },
  };
}

function answer({ path, query }: FakeRequest, clock: Clock, listedMs: number): FakeReply {
  const headers = { "x-mbx-used-weight-1m": "2" };
  if (path === "/api/v3/exchangeInfo")
    return { headers, body: { timezone: "UTC", symbols: symbols.map(info) } };
  if (path !== "/api/v3/klines") return { status: 404, body: {} };
  if (!symbols.includes(query.get("symbol") ?? "")) {
    return { status: 400, headers, body: { code: -1121, msg: "Invalid symbol." } };
  }
  const spanMs = timeframeMs(query.get("interval") as Timeframe);
  const limit = Math.min(Number(query.get("limit") ?? 500), 1_000);
  const fromMs = Number(query.get("startTime") ?? 0);
  const toMs = Number(query.get("endTime") ?? clock.nowMs());
  const rows = candlesBetween(listedMs, clock.nowMs(), spanMs, fromMs, toMs).slice(0, limit);
  return { headers, body: rows.map((candle) => toKline(candle, spanMs)) };
}

function toKline({ openMs, open, high, low, close, volume }: FakeCandle, spanMs: number): unknown[] {
  return [openMs, open, high, low, close, volume, openMs + spanMs - 1, "1262.5", 10, "6", "606", "0"];
}

function info(symbol: string): unknown {
  return {
    symbol,
    status: "TRADING",
    baseAsset: symbol.slice(0, 3),
    quoteAsset: "USDT",
    filters: [
      { filterType: "PRICE_FILTER", minPrice: "0.01", maxPrice: "1000000", tickSize: "0.01" },
      { filterType: "LOT_SIZE", minQty: "0.00001", maxQty: "9000", stepSize: "0.00001" },
      { filterType: "NOTIONAL", minNotional: "5.00000000", applyMinToMarket: true },
    ],
  };
}
