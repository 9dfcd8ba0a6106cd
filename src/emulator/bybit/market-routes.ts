import { dayMs, hourMs } from "../../base/time.ts";
import type { Listing } from "../exchange/exchange-types.ts";
import { decimal } from "../wire/decimal.ts";
import type { MarketContext } from "./bybit-context.ts";
import { badParameter, ok, refused, type BybitReply } from "./bybit-reply.ts";
import { categoryOf, listingIn, timeframeOfInterval, wireSymbol } from "./bybit-symbols.ts";

/** `/v5/market/kline`: newest first; the last one may be open still. */
function kline(context: MarketContext): BybitReply {
  const { query, exchange, candles } = context;
  const category = query.get("category") ?? "linear";
  const symbol = query.get("symbol") ?? "";
  const listing = listingIn(exchange, category, symbol);
  if (listing === null) return refused(category, "unknown_symbol", "");
  const timeframe = timeframeOfInterval(query.get("interval") ?? "");
  if (timeframe === null) return badParameter("Invalid period!");
  const limit = Number(query.get("limit") ?? 200);
  if (!Number.isInteger(limit) || limit < 1) return badParameter("limit");
  const fromMs = Number(query.get("start") ?? -Infinity);
  const toMs = Number(query.get("end") ?? Infinity);
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return badParameter("start and end are milliseconds");
  const found = candles.of(listing.symbol, timeframe)?.between(fromMs, toMs) ?? [];
  // From a start alone the pages go forward, else the newest come.
  const isForward = query.get("start") !== null && query.get("end") === null;
  const size = Math.min(limit, 1_000);
  const page = isForward ? found.slice(0, size) : found.slice(-size);
  const list = page
    .toReversed()
    .map(({ openMs, open, high, low, close, volume, turnover }) => [
      String(openMs),
      ...[open, high, low, close, volume].map((value) => decimal(value)),
      decimal(turnover, 4),
    ]);
  return ok({ category, symbol, list });
}

/** `/v5/market/instruments-info`. */
function instruments({ query, exchange, nowMs }: MarketContext): BybitReply {
  const category = query.get("category") ?? "linear";
  const wanted = query.get("symbol");
  const status = query.get("status");
  const base = query.get("baseCoin");
  const list = exchange.listings
    .filter(({ symbol }) => categoryOf(symbol) === category)
    .filter(({ symbol }) => wanted === null || wireSymbol(symbol) === wanted)
    .filter(({ baseCurrency }) => base === null || baseCurrency === base)
    .filter(() => status === null || status === "Trading")
    .map((listing) => (category === "spot" ? coinInfo(listing) : contractInfo(listing, nowMs)));
  return ok({ category, list, nextPageCursor: "" });
}

function coinInfo({
  symbol,
  baseCurrency,
  quoteCurrency,
  lotSize,
  tickSize,
  quantityMin,
  notionalMin,
}: Listing): unknown {
  return {
    symbol: wireSymbol(symbol),
    baseCoin: baseCurrency,
    quoteCoin: quoteCurrency,
    innovation: "0",
    status: "Trading",
    marginTrading: "none",
    lotSizeFilter: {
      basePrecision: decimal(lotSize),
      quotePrecision: "0.00000001",
      minOrderQty: decimal(quantityMin),
      maxOrderQty: "1000000",
      minOrderAmt: decimal(notionalMin),
      maxOrderAmt: "100000000",
      maxLimitOrderQty: "1000000",
      maxMarketOrderQty: "1000000",
    },
    priceFilter: { tickSize: decimal(tickSize) },
    riskParameters: { priceLimitRatioX: "0.05", priceLimitRatioY: "0.05" },
  };
}

function contractInfo({ symbol, baseCurrency, quoteCurrency, ...steps }: Listing, nowMs: number): unknown {
  const { lotSize, tickSize, quantityMin, notionalMin } = steps;
  const places = decimal(tickSize).split(".")[1]?.length ?? 0;
  return {
    symbol,
    contractType: "LinearPerpetual",
    status: "Trading",
    baseCoin: baseCurrency,
    quoteCoin: quoteCurrency,
    settleCoin: quoteCurrency,
    launchTime: String(nowMs - 365 * dayMs),
    deliveryTime: "0",
    deliveryFeeRate: "",
    priceScale: String(places),
    leverageFilter: { minLeverage: "1", maxLeverage: "100.00", leverageStep: "0.01" },
    priceFilter: { minPrice: decimal(tickSize), maxPrice: "10000000", tickSize: decimal(tickSize) },
    lotSizeFilter: {
      maxOrderQty: "1000000",
      maxMktOrderQty: "1000000",
      minOrderQty: decimal(quantityMin),
      qtyStep: decimal(lotSize),
      postOnlyMaxOrderQty: "1000000",
      minNotionalValue: decimal(notionalMin),
    },
    unifiedMarginTrade: true,
    fundingInterval: 480,
    copyTrading: "none",
    upperFundingRate: "0.00375",
    lowerFundingRate: "-0.00375",
    isPreListing: false,
    preListingInfo: null,
  };
}

/** `/v5/market/tickers`. */
function tickers({ query, exchange, candles }: MarketContext): BybitReply {
  const category = query.get("category") ?? "linear";
  const wanted = query.get("symbol");
  const list = exchange.listings
    .filter(({ symbol }) => categoryOf(symbol) === category)
    .filter(({ symbol }) => wanted === null || wireSymbol(symbol) === wanted)
    .map((listing) => tickerJson(listing, { exchange, candles }));
  if (wanted !== null && list.length === 0) return refused(category, "unknown_symbol", "");
  return ok({ category, list });
}

/** The ticker of a symbol: last and mark price, the day before, and a market one tick wide on each side. */
export function tickerJson(
  { symbol, tickSize }: Listing,
  { exchange, candles }: Pick<MarketContext, "exchange" | "candles">,
): Record<string, unknown> {
  const last = exchange.lastPrice(symbol);
  const mark = exchange.markPrice(symbol);
  const { timeframe } = exchange.played(symbol).bars;
  const series = candles.of(symbol, "1h") ?? candles.of(symbol, timeframe);
  const day = series?.between(exchange.timeMs - dayMs, Infinity) ?? [];
  const first = day[0]?.open ?? last;
  const sum = (pick: "volume" | "turnover"): number => day.reduce((total, candle) => total + candle[pick], 0);
  return {
    symbol: wireSymbol(symbol),
    tickDirection: "PlusTick",
    lastPrice: decimal(last),
    indexPrice: decimal(mark),
    markPrice: decimal(mark),
    prevPrice24h: decimal(first),
    price24hPcnt: decimal(last / first - 1, 6),
    highPrice24h: decimal(Math.max(last, ...day.map(({ high }) => high))),
    lowPrice24h: decimal(Math.min(last, ...day.map(({ low }) => low))),
    prevPrice1h: decimal(day.at(-1)?.open ?? last),
    openInterest: "0",
    openInterestValue: "0",
    turnover24h: decimal(sum("turnover"), 4),
    volume24h: decimal(sum("volume")),
    fundingRate: "0.0001",
    nextFundingTime: String(Math.ceil((exchange.timeMs + 1) / (8 * hourMs)) * 8 * hourMs),
    fundingIntervalHour: "8",
    bid1Price: decimal(last - tickSize),
    bid1Size: "1000",
    ask1Price: decimal(last + tickSize),
    ask1Size: "1000",
    usdIndexPrice: decimal(mark),
  };
}

/** `/v5/market/orderbook`. */
function orderbook({ query, exchange, nowMs }: MarketContext): BybitReply {
  const category = query.get("category") ?? "linear";
  const listing = listingIn(exchange, category, query.get("symbol") ?? "");
  if (listing === null) return refused(category, "unknown_symbol", "");
  const depth = Math.min(50, Number(query.get("limit") ?? 25) || 25);
  return ok({ ...bookJson(listing, exchange.lastPrice(listing.symbol), depth), ts: nowMs, cts: nowMs });
}

/** A book around the last price: one order of a thousand at every tick. The tape has none of its own. */
export function bookJson(
  { symbol, tickSize }: Listing,
  last: number,
  depth: number,
): Record<string, unknown> {
  const side = (sign: 1 | -1): string[][] =>
    Array.from({ length: depth }, (_, k) => [decimal(last + sign * (k + 1) * tickSize), "1000"]);
  return { s: wireSymbol(symbol), b: side(-1), a: side(1), u: 1, seq: 1 };
}

/** `/v5/market/recent-trade`: one trade for each bar of the tape, at its close. */
function recentTrades({ query, exchange }: MarketContext): BybitReply {
  const category = query.get("category") ?? "linear";
  const listing = listingIn(exchange, category, query.get("symbol") ?? "");
  if (listing === null) return refused(category, "unknown_symbol", "");
  const { bars, length } = exchange.played(listing.symbol);
  const count = Math.min(length, Number(query.get("limit") ?? 60) || 60);
  const list = Array.from({ length: count }, (_, k) => {
    const row = length - 1 - k;
    return {
      execId: String(row),
      symbol: wireSymbol(listing.symbol),
      price: decimal(bars.close[row]!),
      size: decimal(bars.volume[row]!),
      side: bars.close[row]! >= bars.open[row]! ? "Buy" : "Sell",
      time: String(bars.closeTimeMs[row]!),
      isBlockTrade: false,
    };
  });
  return ok({ category, list });
}

function time({ nowMs }: MarketContext): BybitReply {
  return ok({ timeSecond: String(Math.floor(nowMs / 1_000)), timeNano: `${Math.floor(nowMs)}000000` });
}

function riskLimit({ query, exchange }: MarketContext): BybitReply {
  const wanted = query.get("symbol");
  const list = exchange.listings
    .filter(({ symbol }) => categoryOf(symbol) === "linear" && (wanted === null || symbol === wanted))
    .map(({ symbol }) => ({
      id: 1,
      symbol,
      riskLimitValue: "100000000",
      maintenanceMargin: "0.005",
      initialMargin: "0.01",
      isLowestRisk: 1,
      maxLeverage: "100.00",
      mmDeduction: "",
    }));
  return ok({ category: "linear", list, nextPageCursor: "" });
}

function noFunding({ query }: MarketContext): BybitReply {
  return ok({ category: query.get("category") ?? "linear", list: [] });
}

/** What everybody may ask, by path. */
export const marketRoutes: Readonly<Record<string, (context: MarketContext) => BybitReply>> = {
  "/v5/market/time": time,
  "/v5/market/kline": kline,
  "/v5/market/mark-price-kline": kline,
  "/v5/market/index-price-kline": kline,
  "/v5/market/instruments-info": instruments,
  "/v5/market/tickers": tickers,
  "/v5/market/orderbook": orderbook,
  "/v5/market/recent-trade": recentTrades,
  "/v5/market/risk-limit": riskLimit,
  "/v5/market/funding/history": noFunding,
};
