import { z } from "zod";
import type { CandleBook } from "../candles/candle-book.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { SocketHandler, WireSocket } from "../wire/face.ts";
import { binanceTimeframe, klineEvent } from "./kline-json.ts";

const message = z.object({
  method: z.enum(["SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS"]),
  params: z.array(z.string()).optional(),
  id: z.union([z.number(), z.string(), z.null()]).optional(),
});

export type KlineStreamTools = {
  readonly exchange: Exchange;
  readonly candles: CandleBook;
  readonly nowMs: () => number;
  readonly watch: (change: 1 | -1) => void;
};

/** `/ws` and `/stream`: klines by `btcusdt@kline_1m`, wrapped with the stream's name on `/stream`. */
export function klineStream(path: string, socket: WireSocket, tools: KlineStreamTools): SocketHandler {
  const { exchange, candles, nowMs, watch } = tools;
  const url = new URL(path, "http://host");
  const isCombined = url.pathname.startsWith("/stream");
  const named = isCombined
    ? (url.searchParams.get("streams") ?? "").split("/")
    : [url.pathname.split("/")[2] ?? ""];
  const streams = new Set(named.filter((name) => name !== ""));
  let isWatching = false;
  const setWatching = (wanted: boolean): void => {
    if (wanted !== isWatching) watch(wanted ? 1 : -1);
    isWatching = wanted;
  };
  setWatching(streams.size > 0);
  const stop = exchange.listen((event) => {
    if (event.kind !== "slice") return;
    for (const stream of streams) {
      const [name = "", interval = ""] = stream.split("@kline_");
      const timeframe = binanceTimeframe(interval);
      const symbol = name.toUpperCase();
      if (timeframe === null || !event.symbols.includes(symbol)) continue;
      const candle = candles.of(symbol, timeframe)?.candles.at(-1);
      if (candle === undefined) continue;
      const data = klineEvent(symbol, interval, candle, nowMs());
      socket.tell(JSON.stringify(isCombined ? { stream, data } : data));
    }
  });
  return {
    message(data) {
      const parsed = message.safeParse(parseJson(data));
      if (!parsed.success)
        return socket.answer(JSON.stringify({ error: { code: 2, msg: "Invalid request" }, id: null }));
      const { method, params = [], id = null } = parsed.data;
      if (method === "LIST_SUBSCRIPTIONS") return socket.answer(JSON.stringify({ result: [...streams], id }));
      for (const stream of params)
        if (method === "SUBSCRIBE") streams.add(stream);
        else streams.delete(stream);
      setWatching(streams.size > 0);
      socket.answer(JSON.stringify({ result: null, id }));
    },
    closed() {
      stop();
      setWatching(false);
    },
  };
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}
