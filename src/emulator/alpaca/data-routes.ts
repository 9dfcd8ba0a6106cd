import type { Timeframe } from "../../domain/timeframe.ts";
import type { Candle } from "../candles/candle-series.ts";
import type { WireReply, WireRequest } from "../wire/face.ts";
import type { Route } from "../wire/router.ts";
import type { AlpacaContext } from "./alpaca-context.ts";
import { findListing } from "./alpaca-assets.ts";
import { alpacaTimeframe, barJson, quoteJson, tradeJson } from "./bar-json.ts";

const stocks = "/v2/stocks";
const crypto = "/v1beta3/crypto/us";

/** Market data: bars, and trades and quotes that are made from their closes. */
export const dataRoutes: readonly Route<AlpacaContext>[] = [
  [`GET ${stocks}/bars`, (context, request) => history(context, request, "bars", false)],
  [`GET ${stocks}/trades`, (context, request) => history(context, request, "trades", false)],
  [`GET ${stocks}/quotes`, (context, request) => history(context, request, "quotes", false)],
  [`GET ${crypto}/bars`, (context, request) => history(context, request, "bars", true)],
  [`GET ${crypto}/trades`, (context, request) => history(context, request, "trades", true)],
  [`GET ${crypto}/quotes`, (context, request) => history(context, request, "quotes", true)],
  [`GET ${stocks}/bars/latest`, (context, request) => latest(context, request, "bars", false)],
  [`GET ${stocks}/trades/latest`, (context, request) => latest(context, request, "trades", false)],
  [`GET ${stocks}/quotes/latest`, (context, request) => latest(context, request, "quotes", false)],
  [`GET ${crypto}/latest/bars`, (context, request) => latest(context, request, "bars", true)],
  [`GET ${crypto}/latest/trades`, (context, request) => latest(context, request, "trades", true)],
  [`GET ${crypto}/latest/quotes`, (context, request) => latest(context, request, "quotes", true)],
  [`GET ${stocks}/snapshots`, (context, request) => snapshots(context, request, false)],
  [`GET ${crypto}/snapshots`, (context, request) => snapshots(context, request, true)],
  [`GET ${stocks}/*/bars`, (context, request, symbol) => history(context, request, "bars", false, symbol)],
  [
    `GET ${stocks}/*/trades`,
    (context, request, symbol) => history(context, request, "trades", false, symbol),
  ],
  [
    `GET ${stocks}/*/quotes`,
    (context, request, symbol) => history(context, request, "quotes", false, symbol),
  ],
  ["GET /v1beta1/news", () => ({ status: 200, body: { news: [], next_page_token: null } })],
];

type Kind = "bars" | "trades" | "quotes";

const limitMax = 10_000;
const wrong = (message: string): WireReply => ({ status: 400, body: { message } });

/** One page of history, of many symbols or of one. The limit counts over all symbols of the page. */
function history(
  context: AlpacaContext,
  { query }: WireRequest,
  kind: Kind,
  isCrypto: boolean,
  only?: string,
): WireReply {
  const symbols = only === undefined ? symbolsOf(query) : [only];
  const bad = symbols.find((symbol) => !/^[A-Z0-9./]+$/i.test(symbol));
  if (symbols.length === 0 || bad !== undefined) return wrong(`invalid symbol: ${bad ?? ""}`);
  const timeframe = kind === "bars" ? alpacaTimeframe(query.get("timeframe") ?? "") : "1m";
  if (timeframe === null) return wrong(`invalid timeframe: ${query.get("timeframe") ?? ""}`);
  const limit = Number(query.get("limit") ?? 1_000);
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax)
    return wrong(`limit must be 1 to ${limitMax}`);
  const fromMs = timeOf(query.get("start"), startOfDay(context.exchange.timeMs));
  const toMs = timeOf(query.get("end"), Infinity);
  if (fromMs === null || toMs === null) return wrong("start and end are RFC 3339 times or dates");
  const token = readToken(query.get("page_token"));
  if (token === null) return wrong("invalid page token");
  const descending = query.get("sort") === "desc";
  const page: Record<string, unknown[]> = {};
  let left = limit;
  let next: string | null = null;
  for (const symbol of symbols.toSorted()) {
    if (token !== "" && symbol < token.symbol) continue;
    const candles = [...candlesOf(context, symbol, timeframe, fromMs, toMs)];
    if (descending) candles.reverse();
    const rest =
      token !== "" && token.symbol === symbol
        ? candles.filter(({ openMs }) => (descending ? openMs <= token.openMs : openMs >= token.openMs))
        : candles;
    if (rest.length > 0 && left > 0)
      page[symbol] = rest.slice(0, left).map((candle) => jsonOf(candle, kind, isCrypto, context, symbol));
    if (rest.length > left) {
      next = writeToken(symbol, rest[left]!.openMs);
      break;
    }
    left -= rest.length;
  }
  const body = only === undefined ? { [kind]: page } : { symbol: only, [kind]: page[only] ?? null };
  return { status: 200, body: { ...body, next_page_token: next } };
}

function candlesOf(
  { candles, exchange }: AlpacaContext,
  symbol: string,
  timeframe: Timeframe,
  fromMs: number,
  toMs: number,
): readonly Candle[] {
  const listing = findListing(exchange, symbol);
  const series = listing === null ? null : candles.of(listing.symbol, timeframe);
  return series?.between(fromMs, toMs).filter(({ isClosed }) => isClosed) ?? [];
}

function jsonOf(
  candle: Candle,
  kind: Kind,
  isCrypto: boolean,
  { exchange }: AlpacaContext,
  symbol: string,
): Record<string, unknown> {
  if (kind === "bars") return barJson(candle);
  if (kind === "trades") return tradeJson(candle, isCrypto);
  return quoteJson(candle, findListing(exchange, symbol)?.tickSize ?? 0.01, isCrypto);
}

function latest(context: AlpacaContext, { query }: WireRequest, kind: Kind, isCrypto: boolean): WireReply {
  const told = symbolsOf(query).flatMap((symbol) => {
    const last = lastCandle(context, symbol);
    return last === null ? [] : [[symbol, jsonOf(last, kind, isCrypto, context, symbol)] as const];
  });
  return { status: 200, body: { [kind]: Object.fromEntries(told) } };
}

/** The last closed bar of the tape, whatever its length. */
function lastCandle({ candles, exchange }: AlpacaContext, symbol: string): Candle | null {
  const listing = findListing(exchange, symbol);
  if (listing === null) return null;
  const { timeframe } = exchange.played(listing.symbol).bars;
  return candles.of(listing.symbol, timeframe)?.candles.at(-1) ?? null;
}

function snapshots(context: AlpacaContext, { query }: WireRequest, isCrypto: boolean): WireReply {
  const told = symbolsOf(query).flatMap((symbol) => {
    const last = lastCandle(context, symbol);
    if (last === null) return [];
    const days = context.candles.of(findListing(context.exchange, symbol)!.symbol, "1d")?.candles ?? [];
    const [before, today] = [days.at(-2), days.at(-1)];
    const snapshot = {
      latestTrade: tradeJson(last, isCrypto),
      latestQuote: jsonOf(last, "quotes", isCrypto, context, symbol),
      minuteBar: barJson(last),
      dailyBar: today === undefined ? null : barJson(today),
      prevDailyBar: before === undefined ? null : barJson(before),
    };
    return [[symbol, snapshot] as const];
  });
  const body = Object.fromEntries(told);
  return { status: 200, body: isCrypto ? { snapshots: body } : body };
}

function symbolsOf(query: URLSearchParams): readonly string[] {
  return (query.get("symbols") ?? "").split(",").filter((symbol) => symbol !== "");
}

function timeOf(text: string | null, otherwise: number): number | null {
  if (text === null || text === "") return otherwise;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) ? null : timeMs;
}

function startOfDay(timeMs: number): number {
  return Math.floor(timeMs / 86_400_000) * 86_400_000;
}

type Token = { readonly symbol: string; readonly openMs: number };

function writeToken(symbol: string, openMs: number): string {
  return Buffer.from(`${symbol}|${openMs}`).toString("base64");
}

/** What a page begins with; "" at the first page, null for a token that is none of ours. */
function readToken(text: string | null): Token | "" | null {
  if (text === null || text === "") return "";
  const [symbol = "", openMs = ""] = Buffer.from(text, "base64").toString().split("|");
  return symbol === "" || !/^\d+$/.test(openMs) ? null : { symbol, openMs: Number(openMs) };
}
