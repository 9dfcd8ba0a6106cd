import type { CandleBook } from "../candles/candle-book.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { WireReply } from "../wire/face.ts";
import { binanceTimeframe, klineRow, price } from "./kline-json.ts";

export type BinanceContext = {
  readonly exchange: Exchange;
  readonly candles: CandleBook;
  readonly query: URLSearchParams;
  readonly nowMs: number;
};

/** Binance's way to say no. */
export function binanceError(status: number, code: number, msg: string): WireReply {
  return { status, body: { code, msg } };
}

const badSymbol = binanceError(400, -1121, "Invalid symbol.");
const ok = (body: unknown): WireReply => ({ status: 200, body });

function klines({ query, exchange, candles }: BinanceContext): WireReply {
  const symbol = query.get("symbol");
  if (symbol === null) return binanceError(400, -1102, "Mandatory parameter 'symbol' was not sent.");
  if (exchange.listing(symbol) === null) return badSymbol;
  const timeframe = binanceTimeframe(query.get("interval") ?? "");
  if (timeframe === null) return binanceError(400, -1120, "Invalid interval.");
  const limit = Number(query.get("limit") ?? 500);
  if (!Number.isInteger(limit) || limit < 1)
    return binanceError(400, -1100, "Illegal characters in 'limit'.");
  const [start, end] = [query.get("startTime"), query.get("endTime")];
  const fromMs = start === null ? -Infinity : Number(start);
  const toMs = end === null ? Infinity : Number(end);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs))
    return binanceError(400, -1100, "Illegal characters in a time.");
  const found = candles.of(symbol, timeframe)?.between(fromMs, toMs) ?? [];
  const size = Math.min(limit, 1_000);
  // With a start the pages go forward, without one the newest come.
  return ok((start === null ? found.slice(-size) : found.slice(0, size)).map(klineRow));
}

function exchangeInfo({ exchange, query, nowMs }: BinanceContext): WireReply {
  const wanted = query.get("symbol");
  const listings = exchange.listings.filter(({ symbol }) => wanted === null || symbol === wanted);
  if (wanted !== null && listings.length === 0) return badSymbol;
  return ok({
    timezone: "UTC",
    serverTime: nowMs,
    rateLimits: [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6_000 }],
    exchangeFilters: [],
    symbols: listings.map(symbolInfo),
  });
}

function symbolInfo({ symbol, baseCurrency, quoteCurrency, ...steps }: Listing): unknown {
  return {
    symbol,
    status: "TRADING",
    baseAsset: baseCurrency,
    baseAssetPrecision: 8,
    quoteAsset: quoteCurrency,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    orderTypes: ["LIMIT", "MARKET"],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: "PRICE_FILTER",
        minPrice: decimal(steps.tickSize),
        maxPrice: "1000000",
        tickSize: decimal(steps.tickSize),
      },
      {
        filterType: "LOT_SIZE",
        minQty: decimal(steps.quantityMin),
        maxQty: "1000000",
        stepSize: decimal(steps.lotSize),
      },
      { filterType: "NOTIONAL", minNotional: decimal(steps.notionalMin), applyMinToMarket: true },
    ],
    permissions: ["SPOT"],
    permissionSets: [["SPOT"]],
  };
}

function tickerPrice({ exchange, query }: BinanceContext): WireReply {
  const wanted = query.get("symbol");
  const all = exchange.listings
    .filter(({ symbol }) => wanted === null || symbol === wanted)
    .map(({ symbol }) => ({ symbol, price: price(exchange.lastPrice(symbol)) }));
  if (wanted === null) return ok(all);
  return all.length === 0 ? badSymbol : ok(all[0]);
}

/** What is served, by path. Orders are not: Binance is a source of data here. */
export const binanceRoutes: Readonly<Record<string, (context: BinanceContext) => WireReply>> = {
  "/api/v3/ping": () => ok({}),
  "/api/v3/time": ({ nowMs }) => ok({ serverTime: nowMs }),
  "/api/v3/exchangeInfo": exchangeInfo,
  "/api/v3/klines": klines,
  "/api/v3/uiKlines": klines,
  "/api/v3/ticker/price": tickerPrice,
};

/** What a request weighs against the limit of the address. */
export function weightOf(path: string): number {
  if (path === "/api/v3/exchangeInfo") return 20;
  return path === "/api/v3/klines" || path === "/api/v3/uiKlines" ? 2 : 1;
}
