import type { IncomingHttpHeaders } from "node:http";
import { CandleBook } from "../candles/candle-book.ts";
import { idMaker } from "../exchange/exchange-ids.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { Face, SocketHandler, WireReply, WireRequest, WireSocket } from "../wire/face.ts";
import type { FaceTools } from "../wire/face-tools.ts";
import { accountRoutes } from "./account-routes.ts";
import type { AccountContext, MarketContext } from "./bybit-context.ts";
import { BybitLimits } from "./bybit-limits.ts";
import { failed, type BybitReply } from "./bybit-reply.ts";
import { signer } from "./bybit-signature.ts";
import { BybitStream } from "./bybit-stream.ts";
import { marketRoutes } from "./market-routes.ts";
import { tradeRoutes } from "./order-routes.ts";
import { positionRoutes } from "./position-routes.ts";
import { queryRoutes } from "./query-routes.ts";

export type BybitOptions = {
  /** How many times wider than Bybit's the limits of requests are. */
  readonly rateScale: number;
};

type AccountRoute = (context: AccountContext) => BybitReply;

const writes: Readonly<Record<string, AccountRoute>> = tradeRoutes;
const reads: Readonly<Record<string, AccountRoute>> = { ...queryRoutes, ...positionRoutes, ...accountRoutes };

/** Bybit's v5 interface: market, trade, position, account and user, with public, private and trading sockets. */
export class BybitFace implements Face {
  readonly name = "bybit";
  private readonly tools: FaceTools;
  private readonly candles: CandleBook;
  private readonly limits: BybitLimits;
  private readonly nextConnectionId = idMaker(1, "bybit connections");
  private readonly streams = new Set<BybitStream>();

  constructor(tools: FaceTools, { rateScale }: BybitOptions = { rateScale: 1 }) {
    this.tools = tools;
    this.candles = new CandleBook(tools.exchange);
    this.limits = new BybitLimits(rateScale);
  }

  handle(request: WireRequest): WireReply {
    const nowMs = this.nowMs();
    if (!this.limits.isAddressAllowed(nowMs))
      return { status: 403, body: { retCode: 10018, retMsg: "access too frequent" } };
    const context: MarketContext = {
      exchange: this.tools.exchange,
      candles: this.candles,
      query: request.query,
      nowMs,
    };
    const market = marketRoutes[request.path];
    if (market !== undefined && request.method === "GET") return envelope(market(context), nowMs);
    const route = writes[request.path] ?? reads[request.path];
    if (route === undefined) return { status: 404, body: "" };
    return this.serve(route, request, context);
  }

  connect(path: string, _headers: IncomingHttpHeaders, socket: WireSocket): SocketHandler {
    const { exchange, watch } = this.tools;
    const stream = new BybitStream(socket, {
      exchange,
      candles: this.candles,
      channel: path.split("?")[0]!.split("/").at(-1)!,
      connectionId: this.nextConnectionId(),
      nowMs: () => this.nowMs(),
      watch,
      trade: (tradePath, account, body) =>
        writes[tradePath]!(this.accountContext(account, body, new URLSearchParams())),
    });
    this.streams.add(stream);
    return {
      message: (data) => stream.message(data),
      closed: () => {
        this.streams.delete(stream);
        stream.closed();
      },
    };
  }

  faultReply(kind: "server_error" | "rate_limited"): WireReply {
    if (kind === "server_error") return { status: 500, body: { retCode: 10016, retMsg: "Server error." } };
    const nowMs = this.nowMs();
    const headers = { ...limitHeaders(0, 0, nowMs + 1_000) };
    return { ...envelope(failed(10006, "Too many visits. Exceeded the API Rate Limit."), nowMs), headers };
  }

  private serve(route: AccountRoute, request: WireRequest, { query, nowMs }: MarketContext): WireReply {
    const account = signer(request, this.tools.exchange, nowMs);
    if ("retCode" in account) return envelope(account, nowMs);
    const body = request.method === "POST" ? parseJson(request.body) : undefined;
    if (request.method === "POST" && body === undefined)
      return envelope(failed(10001, "params error: the body is no JSON"), nowMs);
    const category = query.get("category") ?? categoryIn(body);
    const verdict = this.limits.take(account.options.key, request.path, category, nowMs);
    const headers = limitHeaders(verdict.limit, verdict.remaining, verdict.resetMs);
    const reply = verdict.isAllowed
      ? this.answer(route, account, request, body)
      : failed(10006, "Too many visits. Exceeded the API Rate Limit.");
    return { ...envelope(reply, nowMs), headers };
  }

  private answer(
    route: AccountRoute,
    account: ExchangeAccount,
    { path, query, method }: WireRequest,
    body: unknown,
  ): BybitReply {
    if (account.options.isReadOnly && method === "POST")
      return failed(10005, "Permission denied, please check your API key permissions.");
    if (query.get("cursor") && this.tools.faults.isPageFailing()) return failed(10016, "Server error.");
    return path in writes && method !== "POST"
      ? failed(10001, "Request not supported")
      : route(this.accountContext(account, body, query));
  }

  private accountContext(account: ExchangeAccount, body: unknown, query: URLSearchParams): AccountContext {
    const { exchange, faults } = this.tools;
    return {
      exchange,
      faults,
      candles: this.candles,
      account,
      body,
      query,
      nowMs: this.nowMs(),
      retell: (order) => {
        for (const stream of this.streams) if (stream.account === account) stream.retell(order);
      },
    };
  }

  private nowMs(): number {
    return this.tools.clock.nowMs() + this.tools.faults.skewMs;
  }
}

function envelope({ retCode, retMsg, result, retExtInfo = {} }: BybitReply, time: number): WireReply {
  return { status: 200, body: { retCode, retMsg, result, retExtInfo, time } };
}

function categoryIn(body: unknown): string {
  const { category } = (body ?? {}) as { readonly category?: unknown };
  return typeof category === "string" ? category : "";
}

function limitHeaders(limit: number, remaining: number, resetMs: number): Readonly<Record<string, string>> {
  return {
    "x-bapi-limit": String(limit),
    "x-bapi-limit-status": String(remaining),
    "x-bapi-limit-reset-timestamp": String(resetMs),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
