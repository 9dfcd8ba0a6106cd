import type { IncomingHttpHeaders } from "node:http";
import { CandleBook } from "../candles/candle-book.ts";
import type { Face, SocketHandler, WireReply, WireRequest, WireSocket } from "../wire/face.ts";
import type { FaceTools } from "../wire/face-tools.ts";
import { binanceError, binanceRoutes, weightOf } from "./binance-routes.ts";
import { klineStream } from "./kline-stream.ts";

/** Weight that an address may ask for in a minute. */
const weightMax = 6_000;
const minuteMs = 60_000;
/** Who goes on after 429 is shut out for so long. */
const banMs = 2 * minuteMs;
/** Requests after 429 that lead to it. */
const patience = 20;

/** Binance's spot market data: klines over REST and WebSocket, what trades, and the time. */
export class BinanceFace implements Face {
  readonly name = "binance";
  private readonly tools: FaceTools;
  private readonly candles: CandleBook;
  private windowMs = 0;
  private used = 0;
  private refusals = 0;
  private bannedUntilMs = -Infinity;

  constructor(tools: FaceTools) {
    this.tools = tools;
    this.candles = new CandleBook(tools.exchange);
  }

  handle(request: WireRequest): WireReply {
    const nowMs = this.tools.clock.nowMs() + this.tools.faults.skewMs;
    const refusal = this.weigh(weightOf(request.path), nowMs);
    const headers = { "x-mbx-used-weight-1m": String(this.used) };
    if (refusal !== null) return { ...refusal, headers: { ...headers, ...refusal.headers } };
    const route = request.method === "GET" ? binanceRoutes[request.path] : undefined;
    if (route === undefined) return { status: 404, headers, body: {} };
    const { exchange } = this.tools;
    return { ...route({ exchange, candles: this.candles, query: request.query, nowMs }), headers };
  }

  connect(path: string, _headers: IncomingHttpHeaders, socket: WireSocket): SocketHandler | null {
    if (!/^\/(ws|stream)([/?]|$)/.test(path)) return null;
    const { exchange, watch, clock } = this.tools;
    return klineStream(path, socket, {
      exchange,
      candles: this.candles,
      nowMs: () => clock.nowMs() + this.tools.faults.skewMs,
      watch,
    });
  }

  faultReply(kind: "server_error" | "rate_limited"): WireReply {
    if (kind === "rate_limited") return tooMany(1);
    return binanceError(503, -1007, "Timeout waiting for response from backend server. Send status unknown.");
  }

  private weigh(weight: number, nowMs: number): WireReply | null {
    if (nowMs < this.bannedUntilMs) return banned(this.bannedUntilMs, nowMs);
    const windowMs = Math.floor(nowMs / minuteMs) * minuteMs;
    if (windowMs !== this.windowMs) this.used = this.refusals = 0;
    this.windowMs = windowMs;
    if (this.used + weight <= weightMax) {
      this.used += weight;
      return null;
    }
    this.refusals += 1;
    if (this.refusals <= patience) return tooMany(Math.ceil((windowMs + minuteMs - nowMs) / 1_000));
    this.bannedUntilMs = nowMs + banMs;
    return banned(this.bannedUntilMs, nowMs);
  }
}

function tooMany(seconds: number): WireReply {
  const msg = `Too much request weight used; current limit is ${weightMax} request weight per 1 MINUTE.`;
  return { ...binanceError(429, -1003, msg), headers: { "retry-after": String(seconds) } };
}

function banned(untilMs: number, nowMs: number): WireReply {
  const msg = `Way too much request weight used; IP banned until ${untilMs}.`;
  return {
    ...binanceError(418, -1003, msg),
    headers: { "retry-after": String(Math.ceil((untilMs - nowMs) / 1_000)) },
  };
}
