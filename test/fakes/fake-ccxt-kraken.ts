import type { Clock } from "../../src/ports/clock.ts";
import { candlesBetween } from "./fake-candles.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

/** Kraken never gives more, nor older ones. */
const rowsKept = 720;

const pair = {
  altname: "XBTUSD",
  wsname: "XBT/USD",
  base: "XXBT",
  quote: "ZUSD",
  pair_decimals: 1,
  lot_decimals: 8,
  leverage_buy: [],
  fees: [[0, 0.4]],
  fees_maker: [[0, 0.25]],
  ordermin: "0.00005",
  costmin: "0.5",
  status: "online",
};

/** Kraken's public interface, as far as ccxt asks for it: the newest 720 bars, whatever the start. */
export async function startFakeKraken(clock: Clock, listedMs: number): Promise<FakeHost> {
  const host = await FakeHost.start(clock);
  host.answer = (request) => answer(request, clock, listedMs);
  return host;
}

function answer({ path, query }: FakeRequest, clock: Clock, listedMs: number): FakeReply {
  switch (path) {
    case "/0/public/Assets":
      return result({
        XXBT: { aclass: "currency", altname: "XBT", decimals: 10, status: "enabled" },
        ZUSD: { aclass: "currency", altname: "USD", decimals: 4, status: "enabled" },
      });
    case "/0/public/AssetPairs":
      return result({ XXBTZUSD: pair });
    case "/0/public/OHLC": {
      if (query.get("pair") !== "XXBTZUSD") return { body: { error: ["EQuery:Unknown asset pair"] } };
      const spanMs = Number(query.get("interval")) * 60_000;
      const nowMs = clock.nowMs();
      const sinceMs = Number(query.get("since")) * 1000;
      const firstMs = Math.max(sinceMs + 1, nowMs - rowsKept * spanMs);
      const rows = candlesBetween(listedMs, nowMs, spanMs, firstMs, nowMs).map((candle) => [
        candle.openMs / 1000,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.close,
        candle.volume,
        3,
      ]);
      return result({ XXBTZUSD: rows, last: Math.floor(nowMs / 1000) });
    }
    default:
      return { status: 404, body: { error: ["EGeneral:Unknown method"] } };
  }
}

function result(value: unknown): FakeReply {
  return { body: { error: [], result: value } };
}
