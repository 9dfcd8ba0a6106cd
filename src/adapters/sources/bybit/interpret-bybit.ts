import { z } from "zod";
import { numeric } from "../../shared/numeric.ts";
import { symbolUnknown } from "../shared/source-errors.ts";
import type { Interpret, StreamEvent } from "../shared/stream-events.ts";
import { timeframeOfInterval } from "./bybit-intervals.ts";
import type { BybitCategory } from "./bybit-messages.ts";

const klinesSchema = z.array(
  z.object({
    start: z.number(),
    interval: z.string(),
    open: numeric,
    high: numeric,
    low: numeric,
    close: numeric,
    volume: numeric,
    turnover: numeric,
    confirm: z.boolean(),
  }),
);

const tradesSchema = z.array(
  z.object({ i: z.string(), s: z.string(), T: z.number(), p: numeric, v: numeric }),
);

/** Topics that carry no bar and no trade, public and private ones. */
const ignoredTopics = new Set([
  "adlAlert",
  "allLiquidation",
  "execution",
  "greeks",
  "insurance",
  "liquidation",
  "lt",
  "order",
  "orderbook",
  "position",
  "priceLimit",
  "tickers",
  "wallet",
]);

/** Reads messages of Bybit's public v5 stream. */
export function interpretBybit(category: BybitCategory): Interpret {
  return (message) => {
    if (message === null || typeof message !== "object") return unreadable("not an object");
    const { topic, op, success, ret_msg: said, data, ts } = message as Record<string, unknown>;
    if (typeof topic === "string") return [...readTopic(topic, data, category), ...readTime(ts)];
    if (op === "subscribe") return readSubscription(success, said);
    // Answers to pings, sign-ins and orders.
    return typeof op === "string" ? [{ kind: "ignored", what: `reply to ${op}` }] : unreadable("no topic");
  };
}

function readTopic(topic: string, data: unknown, category: BybitCategory): readonly StreamEvent[] {
  const [name = "", detail = "", symbol = ""] = topic.split(".");
  if (name === "kline") return readKlines(detail, symbol, data, category);
  if (name === "publicTrade") return readTrades(data, category);
  return ignoredTopics.has(name) ? [{ kind: "ignored", what: name }] : unreadable(`unknown topic ${name}`);
}

function readKlines(
  interval: string,
  symbol: string,
  data: unknown,
  category: BybitCategory,
): readonly StreamEvent[] {
  const parsed = klinesSchema.safeParse(data);
  const timeframe = timeframeOfInterval(interval);
  if (!parsed.success || timeframe === null || symbol === "") return unreadable("a kline of another shape");
  return parsed.data.map((kline): StreamEvent => {
    const { start: openMs, open, high, low, close, volume, turnover, confirm } = kline;
    if (kline.interval !== interval) return { kind: "unreadable", reason: "a kline of two intervals" };
    const row = { openMs, open, high, low, close, volume: category === "inverse" ? turnover : volume };
    return { kind: "bar", symbol, timeframe, row, isClosed: confirm };
  });
}

function readTrades(data: unknown, category: BybitCategory): readonly StreamEvent[] {
  const parsed = tradesSchema.safeParse(data);
  if (!parsed.success) return unreadable("trades of another shape");
  return parsed.data.map(({ i, s, T, p, v }) => ({
    kind: "trade",
    id: i,
    symbol: s,
    timeMs: T,
    price: p,
    // An inverse contract is one US dollar.
    quantity: category === "inverse" ? v / p : v,
  }));
}

function readTime(ts: unknown): readonly StreamEvent[] {
  return typeof ts === "number" && ts > 0 ? [{ kind: "time", timeMs: ts }] : [];
}

/** One wrong topic fails all that were asked for together. */
function readSubscription(success: unknown, said: unknown): readonly StreamEvent[] {
  if (success === true) return [{ kind: "ready" }];
  const text = typeof said === "string" ? said : JSON.stringify(said ?? "");
  const topic = /topic:\s*([\w.-]+)/.exec(text)?.[1] ?? text;
  return [{ kind: "refused", error: symbolUnknown("Bybit", topic.split(".").at(-1) ?? topic, []) }];
}

function unreadable(reason: string): readonly StreamEvent[] {
  return [{ kind: "unreadable", reason }];
}
