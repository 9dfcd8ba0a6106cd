import { decode, encode } from "@msgpack/msgpack";
import { timeframeMs, type Timeframe } from "../../src/domain/timeframe.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { candlesBetween, type FakeCandle } from "./fake-candles.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

export type FakeAlpaca = {
  readonly host: FakeHost;
  /** What was sent over the WebSocket, sign-ins included, and the paths of the sockets. */
  readonly received: Record<string, unknown>[];
  readonly paths: string[];
  /** Sends frames as the venue does: an array, in MessagePack. */
  send(frames: readonly Record<string, unknown>[]): void;
  /** The error that a sign-in is answered with, or null. */
  signInError: { readonly code: number; readonly msg: string } | null;
};

/** What `startFakeAlpaca` lets in. */
export const alpacaKey = { keyId: "PKTESTKEY0001", secret: "s3cr3t/with+signs" } as const;

const units: Readonly<Record<string, Timeframe>> = {
  "1Min": "1m",
  "5Min": "5m",
  "1Hour": "1h",
  "1Day": "1d",
};

/** Alpaca's market data, as its documents describe it: stocks need a key, crypto history does not. */
export async function startFakeAlpaca(clock: Clock, listedMs: number): Promise<FakeAlpaca> {
  const host = await FakeHost.start(clock);
  const fake: FakeAlpaca = {
    host,
    received: [],
    paths: [],
    signInError: null,
    send(frames) {
      for (const socket of host.sockets) socket.send(encode(frames));
    },
  };
  host.answer = (request) => answer(request, clock, listedMs);
  host.socketHandler = {
    open(socket, path) {
      fake.paths.push(path);
      socket.send(encode([{ T: "success", msg: "connected" }]));
    },
    message(socket, data) {
      const asked = decode(data) as Record<string, unknown>;
      fake.received.push(asked);
      const reply = (frame: Record<string, unknown>): void => socket.send(encode([frame]));
      if (asked["action"] === "auth") {
        const isKey = asked["key"] === alpacaKey.keyId && asked["secret"] === alpacaKey.secret;
        const error = fake.signInError ?? (isKey ? null : { code: 402, msg: "auth failed" });
        return reply(error === null ? { T: "success", msg: "authenticated" } : { T: "error", ...error });
      }
      const { bars = [], updatedBars = [] } = asked;
      reply({ T: "subscription", trades: [], quotes: [], bars, updatedBars, dailyBars: [] });
    },
  };
  return fake;
}

/** A bar as the stream and the REST interface write it. */
export function alpacaBar({ openMs, open, high, low, close, volume }: FakeCandle): Record<string, unknown> {
  return {
    t: new Date(openMs).toISOString().replace(".000Z", "Z"),
    o: Number(open),
    h: Number(high),
    l: Number(low),
    c: Number(close),
    v: Number(volume),
    n: 3,
    vw: Number(close),
  };
}

function answer({ path, query, headers }: FakeRequest, clock: Clock, listedMs: number): FakeReply {
  const limits = { "x-ratelimit-limit": "200", "x-ratelimit-remaining": "199", "x-request-id": "r1" };
  const isKey =
    headers["apca-api-key-id"] === alpacaKey.keyId && headers["apca-api-secret-key"] === alpacaKey.secret;
  if (!isKey && !path.startsWith("/v1beta3/crypto")) {
    return { status: 401, headers: limits, body: { code: 40110000, message: "request is not authorized." } };
  }
  if (path === "/v2/assets") return { headers: limits, body: assets(query.get("asset_class")) };
  if (!/^\/(v2\/stocks|v1beta3\/crypto\/us)\/bars$/.test(path))
    return { status: 404, body: { message: "endpoint not found." } };
  const symbol = query.get("symbols") ?? "";
  if (!/^[A-Z./]+$/.test(symbol)) {
    return { status: 400, headers: limits, body: { message: `invalid symbol: ${symbol}` } };
  }
  return { headers: limits, body: page(symbol, query, clock, listedMs) };
}

/** A token is the stamp that the next page begins with. */
function page(symbol: string, query: URLSearchParams, clock: Clock, listedMs: number): unknown {
  const spanMs = timeframeMs(units[query.get("timeframe") ?? ""] ?? "1m");
  const limit = Number(query.get("limit") ?? 1_000);
  const fromMs = Number(query.get("page_token") ?? Date.parse(query.get("start") ?? ""));
  const toMs = Date.parse(query.get("end") ?? "");
  const candles = candlesBetween(listedMs, clock.nowMs(), spanMs, fromMs, toMs);
  const next = candles[limit];
  return {
    bars: candles.length === 0 ? {} : { [symbol]: candles.slice(0, limit).map(alpacaBar) },
    next_page_token: next === undefined ? null : String(next.openMs),
  };
}

function assets(assetClass: string | null): unknown[] {
  const common = { status: "active", tradable: true, fractionable: true };
  if (assetClass !== "crypto") {
    return ["AAPL", "MSFT", "BRK.B"].map((symbol) => ({ ...common, class: "us_equity", symbol }));
  }
  const steps = { price_increment: "1", min_trade_increment: "0.0001", min_order_size: "0.0001" };
  return [{ ...common, ...steps, class: "crypto", symbol: "BTC/USD" }];
}
