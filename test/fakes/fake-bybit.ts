import type { Clock } from "../../src/ports/clock.ts";
import { candlesBetween, type FakeCandle } from "./fake-candles.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

export type FakeBybit = {
  readonly host: FakeHost;
  /** Paths that sockets were opened at, and the topics of each subscribe request. */
  readonly paths: string[];
  readonly subscriptions: string[][];
};

const symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];
const dayMs = 86_400_000;
const minutes: Readonly<Record<string, number>> = { D: 1_440, W: 10_080 };

/** Bybit's public v5 interface, as its documents describe it; every symbol was listed at `listedMs`. */
export async function startFakeBybit(clock: Clock, listedMs: number): Promise<FakeBybit> {
  const host = await FakeHost.start(clock);
  const paths: string[] = [];
  const subscriptions: string[][] = [];
  host.answer = (request) => answer(request, clock, listedMs);
  host.socketHandler = {
    open: (_socket, path) => paths.push(path),
    message(socket, data) {
      const { op, args, req_id } = JSON.parse(data.toString()) as {
        op: string;
        args: string[];
        req_id: string;
      };
      const reply = (said: object): void =>
        socket.send(JSON.stringify({ conn_id: "c", req_id, op, ...said }));
      if (op === "ping") return reply({ success: true, ret_msg: "pong" });
      subscriptions.push(args);
      const wrong = args.find((topic) => !symbols.includes(topic.split(".").at(-1)!));
      if (wrong === undefined) return reply({ success: true, ret_msg: "" });
      reply({ success: false, ret_msg: `error:handler not found,topic:${wrong}` });
    },
  };
  return { host, paths, subscriptions };
}

/** A message of a kline topic, pushed at `ts`. */
export function bybitKline(
  symbol: string,
  interval: string,
  spanMs: number,
  candle: FakeCandle,
  confirm = true,
): unknown {
  const { openMs, ...prices } = candle;
  const ts = openMs + spanMs;
  return {
    topic: `kline.${interval}.${symbol}`,
    type: "snapshot",
    ts,
    data: [
      {
        start: openMs,
        end: openMs + spanMs - 1,
        interval,
        ...prices,
        turnover: "1",
        confirm,
        timestamp: ts,
      },
    ],
  };
}

/** A message of a trade topic. */
export function bybitTrades(
  symbol: string,
  trades: readonly (readonly [id: string, timeMs: number, price: number, quantity: number])[],
): unknown {
  return {
    topic: `publicTrade.${symbol}`,
    type: "snapshot",
    ts: trades.at(-1)?.[1] ?? 0,
    data: trades.map(([i, T, p, v]) => ({
      T,
      s: symbol,
      S: "Buy",
      v: String(v),
      p: String(p),
      L: "PlusTick",
      i,
      BT: false,
    })),
  };
}

function answer({ path, query }: FakeRequest, clock: Clock, listedMs: number): FakeReply {
  const reply = (result: unknown, retCode = 0, retMsg = "OK"): FakeReply => ({
    body: { retCode, retMsg, result, retExtInfo: {}, time: clock.nowMs() },
  });
  if (path === "/v5/market/instruments-info") return reply(instruments(query));
  if (path !== "/v5/market/kline") return { status: 404, body: {} };
  const symbol = query.get("symbol") ?? "";
  if (!symbols.includes(symbol)) return reply({}, 10_001, "params error: Symbol Is Invalid");
  const interval = query.get("interval") ?? "";
  const limit = Math.min(Number(query.get("limit") ?? 200), 1_000);
  const fromMs = Number(query.get("start") ?? 0);
  const toMs = Number(query.get("end") ?? clock.nowMs());
  const candles =
    interval === "M"
      ? months(listedMs, clock.nowMs(), fromMs, toMs)
      : candlesBetween(
          listedMs,
          clock.nowMs(),
          60_000 * (minutes[interval] ?? Number(interval)),
          fromMs,
          toMs,
        );
  const list = candles
    .slice(-limit)
    .toReversed()
    .map(({ openMs, open, high, low, close, volume }) => [
      String(openMs),
      open,
      high,
      low,
      close,
      volume,
      "1262.5",
    ]);
  return reply({ category: query.get("category"), symbol, list });
}

function months(listedMs: number, nowMs: number, fromMs: number, toMs: number): FakeCandle[] {
  const first = new Date(listedMs);
  const candles: FakeCandle[] = [];
  for (let month = first.getUTCMonth(); ; month++) {
    const openMs = Date.UTC(first.getUTCFullYear(), month, 1);
    if (openMs > Math.min(toMs, nowMs)) return candles;
    const [candle] = candlesBetween(0, nowMs, dayMs, openMs, openMs);
    if (openMs >= fromMs) candles.push(candle!);
  }
}

/** One symbol a page, so that a list has several. */
function instruments(query: URLSearchParams): unknown {
  const isSpot = query.get("category") === "spot";
  const index = Number(query.get("cursor") ?? 0);
  const wanted = isSpot ? symbols : [symbols[index]!];
  return {
    category: query.get("category"),
    nextPageCursor: isSpot || index + 1 >= symbols.length ? "" : String(index + 1),
    list: wanted.map((symbol) => ({
      symbol,
      ...(isSpot ? {} : { contractType: "LinearPerpetual" }),
      status: "Trading",
      baseCoin: symbol.slice(0, 3),
      quoteCoin: "USDT",
      priceFilter: { tickSize: "0.10" },
      lotSizeFilter: isSpot
        ? { basePrecision: "0.000001", minOrderAmt: "5" }
        : { qtyStep: "0.001", minNotionalValue: "5" },
    })),
  };
}
