import type { IncomingHttpHeaders } from "node:http";
import { CandleBook } from "../candles/candle-book.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeEvent } from "../exchange/exchange-types.ts";
import { idMaker } from "../exchange/exchange-ids.ts";
import type { Face, SocketHandler, WireReply, WireRequest, WireSocket } from "../wire/face.ts";
import type { FaceTools } from "../wire/face-tools.ts";
import { RateLimit } from "../wire/rate-limit.ts";
import { Router } from "../wire/router.ts";
import { accountRoutes } from "./account-routes.ts";
import type { AlpacaContext } from "./alpaca-context.ts";
import { alpacaError, forbidden, unauthorized } from "./alpaca-errors.ts";
import { dataRoutes } from "./data-routes.ts";
import { dataStream } from "./data-stream.ts";
import { DayCloses } from "./day-closes.ts";
import { marketRoutes } from "./market-routes.ts";
import { isOver } from "../exchange/exchange-types.ts";
import { legIds } from "./order-json.ts";
import { orderRoutes } from "./order-routes.ts";
import { positionRoutes } from "./position-routes.ts";
import { tradeStream } from "./trade-stream.ts";

export type AlpacaOptions = {
  /** A key's requests in a minute. */
  readonly requestsPerMinute: number;
};

/** Alpaca's trading API v2 and market data v2, with their streams. */
export class AlpacaFace implements Face {
  readonly name = "alpaca";
  private readonly tools: FaceTools;
  private readonly candles: CandleBook;
  private readonly dayCloses: DayCloses;
  private readonly limit: RateLimit;
  private readonly nextRequestId = idMaker(1, "alpaca requests");
  private readonly router = new Router<AlpacaContext>([
    ...orderRoutes,
    ...positionRoutes,
    ...accountRoutes,
    ...marketRoutes,
    ...dataRoutes,
  ]);

  constructor(tools: FaceTools, { requestsPerMinute }: AlpacaOptions = { requestsPerMinute: 200 }) {
    this.tools = tools;
    this.candles = new CandleBook(tools.exchange);
    this.dayCloses = new DayCloses(tools.exchange);
    this.limit = new RateLimit(requestsPerMinute, 60_000);
    tools.exchange.listen((event) => this.endLegs(event));
  }

  handle(request: WireRequest): WireReply {
    const nowMs = this.nowMs();
    const account = this.accountOf(request);
    const verdict = this.limit.take(account?.options.key ?? "", nowMs);
    const headers = {
      "x-ratelimit-limit": String(this.limit.limit),
      "x-ratelimit-remaining": String(verdict.remaining),
      "x-ratelimit-reset": String(Math.ceil(verdict.resetMs / 1_000)),
      "x-request-id": this.nextRequestId().replaceAll("-", ""),
    };
    const reply = verdict.isAllowed ? this.answer(request, account, nowMs) : tooMany;
    return { ...reply, headers };
  }

  connect(path: string, headers: IncomingHttpHeaders, socket: WireSocket): SocketHandler | null {
    const { exchange, watch } = this.tools;
    const [route = ""] = path.split("?");
    if (route === "/stream")
      return tradeStream(socket, { exchange, signIn: (key, secret) => this.signIn(key, secret) });
    const isCrypto = /^\/v1beta[23]\/crypto/.test(route);
    if (!isCrypto && !/^\/v2\/(iex|sip|delayed_sip|test)$/.test(route)) return null;
    return dataStream(socket, {
      exchange,
      candles: this.candles,
      isCrypto,
      isPacked: headers["content-type"] === "application/msgpack",
      isKey: (key, secret) => this.signIn(key, secret) !== null,
      watch,
    });
  }

  faultReply(kind: "server_error" | "rate_limited"): WireReply {
    if (kind === "server_error")
      return { status: 500, body: { code: 50010000, message: "internal server error" } };
    const resetMs = Math.ceil(this.nowMs() / 60_000) * 60_000;
    const headers = {
      "x-ratelimit-limit": String(this.limit.limit),
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(resetMs / 1_000),
      "retry-after": "1",
    };
    return { ...tooMany, headers };
  }

  private answer(request: WireRequest, account: ExchangeAccount | null, wireMs: number): WireReply {
    const found = this.router.find(request);
    if (found === null) return alpacaError(404, 40410000, "endpoint not found");
    const { exchange, faults } = this.tools;
    // The history of crypto is for everybody.
    const owner = account ?? (request.path.startsWith("/v1beta3/crypto") ? exchange.accounts[0] : undefined);
    if (owner === undefined) return unauthorized;
    if (owner.options.isReadOnly && request.method !== "GET") return forbidden;
    if (request.query.get("page_token") && faults.isPageFailing()) return this.faultReply("server_error");
    const { candles, dayCloses } = this;
    const context = { exchange, account: owner, candles, dayCloses, faults, wireMs, json: parseJson };
    return found.handler(context, request, found.part);
  }

  private accountOf({ headers }: WireRequest): ExchangeAccount | null {
    const basic = /^Basic (.+)$/.exec(headers.authorization ?? "")?.[1];
    const [user = "", password = ""] =
      basic === undefined ? [] : Buffer.from(basic, "base64").toString().split(":");
    return this.signIn(
      headerText(headers["apca-api-key-id"]) ?? user,
      headerText(headers["apca-api-secret-key"]) ?? password,
    );
  }

  private signIn(key: string, secret: string): ExchangeAccount | null {
    const account = this.tools.exchange.account(key);
    return account?.options.secret === secret ? account : null;
  }

  private nowMs(): number {
    return this.tools.clock.nowMs() + this.tools.faults.skewMs;
  }

  /** Legs live only for an entry that fills whole: one that ends before takes them with it, filled in part or not. */
  private endLegs(event: ExchangeEvent): void {
    if (event.kind !== "order") return;
    const { order } = event;
    if (!isOver(order) || order.status === "filled" || order.replacedBy !== null) return;
    const account = this.tools.exchange.account(event.accountKey);
    if (account === null) return;
    const family = legIds(order);
    for (const id of family) {
      const leg = account.orders.byId(id);
      if (leg !== null && !isOver(leg)) account.cancel(id);
    }
    // Whoever takes one exit of a group off takes all.
    if (order.ocoGroup === 0 || order.code !== "on_request") return;
    for (const other of account.orders.open())
      if (other.ocoGroup === order.ocoGroup) account.cancel(other.venueOrderId);
  }
}

const tooMany = alpacaError(429, 42910000, "too many requests.");

function parseJson({ body }: WireRequest): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function headerText(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
