import { z } from "zod";
import type { Timeframe } from "../../../domain/timeframe.ts";
import { numeric } from "../../shared/numeric.ts";
import { requestRefused } from "../shared/source-errors.ts";
import type { StreamEvent } from "../shared/stream-events.ts";
import { refusalSchema } from "./binance-messages.ts";

const klineSchema = z.object({
  e: z.literal("kline"),
  s: z.string(),
  k: z.object({
    t: z.number(),
    s: z.string(),
    i: z.string(),
    o: numeric,
    h: numeric,
    l: numeric,
    c: numeric,
    v: numeric,
    x: z.boolean(),
  }),
});

/** `t` is the id of a trade, `a` that of several at one price, `f` that of the first of them. */
const tradeSchema = z.object({
  s: z.string(),
  p: numeric,
  q: numeric,
  T: z.number(),
  t: z.number().optional(),
  a: z.number().optional(),
  f: z.number().optional(),
});

/** Messages that carry no bar and no trade: order books, tickers, mark prices, liquidations, accounts. */
const ignoredKinds = new Set([
  "24hrMiniTicker",
  "24hrTicker",
  "ACCOUNT_UPDATE",
  "ALGO_UPDATE",
  "ORDER_TRADE_UPDATE",
  "TRADE_LITE",
  "avgPrice",
  "balanceUpdate",
  "bookTicker",
  "contractInfo",
  "depthUpdate",
  "executionReport",
  "forceOrder",
  "listStatus",
  "markPriceUpdate",
  "openInterest",
  "outboundAccountPosition",
  "serverShutdown",
]);

/** Reads one message of a Binance stream, alone or wrapped as `{ stream, data }`. */
export function interpretBinance(message: unknown): readonly StreamEvent[] {
  if (message === null || typeof message !== "object") return unreadable("not an object");
  const outer = message as Record<string, unknown>;
  if (typeof outer["stream"] === "string" && "data" in outer) {
    return interpretData(outer["data"], outer["stream"]);
  }
  if ("subscriptionId" in outer && "event" in outer) return interpretData(outer["event"], "");
  if ("id" in outer && outer["result"] === null) return [{ kind: "ready" }];
  const refusal = refusalSchema.safeParse(outer["error"]).data;
  if (refusal !== undefined) {
    return [{ kind: "refused", error: requestRefused("Binance", "the subscription", refusal.msg) }];
  }
  return interpretData(message, "");
}

function interpretData(data: unknown, stream: string): readonly StreamEvent[] {
  if (Array.isArray(data)) return data.flatMap((item) => interpretData(item, stream));
  if (data === null || typeof data !== "object") return unreadable("data is not an object");
  const { e, ...fields } = data as Record<string, unknown>;
  if (e === "kline") return readKline(data);
  if (e === "trade" || e === "aggTrade") return readTrade(data);
  if (typeof e === "string") return ignoredKinds.has(e) ? ignored(e) : unreadable(`unknown kind ${e}`);
  // Spot sends book tickers and partial books without saying what they are.
  if ("u" in fields && "b" in fields && "B" in fields) return ignored("bookTicker");
  if ("lastUpdateId" in fields) return ignored("depth snapshot");
  return /@(openInterest|depthSnapshot|generated)/.test(stream)
    ? ignored(stream.slice(stream.indexOf("@") + 1))
    : unreadable("no kind");
}

function readKline(data: unknown): readonly StreamEvent[] {
  const parsed = klineSchema.safeParse(data);
  if (!parsed.success) return unreadable("a kline of another shape");
  const { s, k } = parsed.data;
  if (s !== k.s) return unreadable("a kline of two symbols");
  const row = { openMs: k.t, open: k.o, high: k.h, low: k.l, close: k.c, volume: k.v };
  return [{ kind: "bar", symbol: s, timeframe: k.i as Timeframe, row, isClosed: k.x }];
}

function readTrade(data: unknown): readonly StreamEvent[] {
  const parsed = tradeSchema.safeParse(data);
  if (!parsed.success) return unreadable("a trade of another shape");
  const { s, p, q, T, t, a, f } = parsed.data;
  const id = t ?? a ?? f;
  if (id === undefined) return unreadable("a trade without an id");
  return [{ kind: "trade", id: String(id), symbol: s, timeMs: T, price: p, quantity: q }];
}

function ignored(what: string): readonly StreamEvent[] {
  return [{ kind: "ignored", what }];
}

function unreadable(reason: string): readonly StreamEvent[] {
  return [{ kind: "unreadable", reason }];
}
