import { z } from "zod";
import type { CandleBook } from "../candles/candle-book.ts";
import type { ExchangeAccount } from "../exchange/exchange-account.ts";
import type { ExchangeEvent, ExchangeOrder } from "../exchange/exchange-types.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { decimal } from "../wire/decimal.ts";
import type { SocketHandler, WireSocket } from "../wire/face.ts";
import { walletJson } from "./account-routes.ts";
import type { BybitReply } from "./bybit-reply.ts";
import { isSignature } from "./bybit-signature.ts";
import {
  categoryOf,
  listingIn,
  timeframeOfInterval,
  wireSymbol,
  type BybitCategory,
} from "./bybit-symbols.ts";
import { bookJson, tickerJson } from "./market-routes.ts";
import { executionJson, isListed, orderJson } from "./order-json.ts";
import { positionJson } from "./position-routes.ts";

/** Clients number their messages or name them; they hear again what they said. */
const messageId = z.union([z.string(), z.number()]).optional();
const message = z.object({
  op: z.string(),
  req_id: messageId,
  reqId: messageId,
  args: z.array(z.unknown()).optional(),
});

export type StreamTools = {
  readonly exchange: Exchange;
  readonly candles: CandleBook;
  /** `spot`, `linear`, `private` or `trade`; anything else serves every topic. */
  readonly channel: string;
  readonly connectionId: string;
  readonly nowMs: () => number;
  readonly watch: (change: 1 | -1) => void;
  /** Carries out what came over the socket in place of a request. */
  readonly trade: (path: string, account: ExchangeAccount, body: unknown) => BybitReply;
};

type MessageId = string | number | undefined;

/** Topics of an account; each may be followed by a category. */
const privateTopic = /^(order|execution|execution\.fast|position|wallet)(?:\.(linear|spot|inverse|option))?$/;
const publicTopic = /^(kline\.[^.]+|publicTrade|tickers|orderbook\.\d+)\.(\w+)$/;

/** One WebSocket of Bybit's: public and private topics, and orders over the socket. */
export class BybitStream implements SocketHandler {
  account: ExchangeAccount | null = null;
  private readonly socket: WireSocket;
  private readonly tools: StreamTools;
  private readonly topics = new Set<string>();
  private readonly stop: () => void;
  private isWatching = false;

  constructor(socket: WireSocket, tools: StreamTools) {
    this.socket = socket;
    this.tools = tools;
    this.stop = tools.exchange.listen((event) => this.hear(event));
  }

  closed(): void {
    this.stop();
    this.watch(false);
  }

  message(data: Buffer): void {
    const parsed = message.safeParse(parseJson(data));
    if (!parsed.success) return this.answer({ success: false, ret_msg: "Invalid message", op: "" });
    const { op, args = [] } = parsed.data;
    const req_id = parsed.data.req_id;
    switch (op) {
      case "ping":
        return this.pong(req_id);
      case "auth":
        return this.signIn(args, req_id);
      case "subscribe":
      case "unsubscribe":
        return this.subscribe(op, args, req_id);
      case "order.create":
      case "order.amend":
      case "order.cancel":
      case "order.create-batch":
      case "order.amend-batch":
      case "order.cancel-batch":
        return this.trade(op, args[0], parsed.data.reqId ?? "");
      default:
        return this.answer({ success: false, ret_msg: `unknown op ${op}`, op });
    }
  }

  /** Tells an order with words of its own. */
  retell(order: ExchangeOrder): void {
    const json = { ...orderJson(order), rejectReason: "EC_OrigClOrdIDDoesNotExist" };
    this.push("order", order.symbol, [json]);
  }

  private hear(event: ExchangeEvent): void {
    if (event.kind === "slice") return this.tellMarket(event.symbols);
    const { account } = this;
    if (account === null || event.accountKey !== account.options.key) return;
    if (event.kind === "order") {
      if (isListed(event.order, account)) this.push("order", event.order.symbol, [orderJson(event.order)]);
    } else if (event.kind === "fill") {
      const { fill, order } = event;
      const { exchange } = this.tools;
      this.push("execution", fill.symbol, [executionJson(fill, order, exchange.markPrice(fill.symbol))]);
      if (categoryOf(fill.symbol) === "linear")
        this.push("position", fill.symbol, [
          positionJson(account.position(fill.symbol, fill.leg), account, exchange),
        ]);
      this.push("wallet", null, [walletJson(account, exchange)]);
    }
  }

  /** Sends private news to who wants the topic, for all categories or for this one. */
  private push(topic: string, symbol: string | null, data: readonly unknown[]): void {
    const special = symbol === null ? topic : `${topic}.${categoryOf(symbol)}`;
    const name = this.topics.has(topic) ? topic : this.topics.has(special) ? special : null;
    if (name === null) return;
    const { connectionId, nowMs } = this.tools;
    const time = nowMs();
    this.socket.tell(JSON.stringify({ id: `${connectionId}${time}`, topic: name, creationTime: time, data }));
  }

  private tellMarket(closed: readonly string[]): void {
    if (!this.isWatching) return;
    for (const topic of this.topics) {
      const match = publicTopic.exec(topic);
      if (match === null) continue;
      const symbol = this.symbolOf(match[2]!);
      if (symbol !== null && closed.includes(symbol)) this.tellTopic(topic, match[1]!, symbol);
    }
  }

  private tellTopic(topic: string, kind: string, symbol: string): void {
    const { exchange, candles } = this.tools;
    const ts = exchange.timeMs;
    const listing = exchange.listing(symbol)!;
    const tell = (data: unknown): void =>
      this.socket.tell(JSON.stringify({ topic, type: "snapshot", ts, data, cts: ts }));
    if (kind === "tickers") return tell(tickerJson(listing, { exchange, candles }));
    if (kind.startsWith("orderbook."))
      return tell(bookJson(listing, exchange.lastPrice(symbol), Number(kind.slice("orderbook.".length))));
    if (kind === "publicTrade") return tell([this.tradeJson(symbol)]);
    const interval = kind.slice("kline.".length);
    const candle = candles.of(symbol, timeframeOfInterval(interval)!)?.candles.at(-1);
    if (candle === undefined) return;
    const { openMs, endMs, open, high, low, close, volume, turnover, isClosed } = candle;
    tell([
      {
        start: openMs,
        end: endMs - 1,
        interval,
        open: decimal(open),
        close: decimal(close),
        high: decimal(high),
        low: decimal(low),
        volume: decimal(volume),
        turnover: decimal(turnover, 4),
        confirm: isClosed,
        timestamp: ts,
      },
    ]);
  }

  private tradeJson(symbol: string): Record<string, unknown> {
    const { bars, length } = this.tools.exchange.played(symbol);
    const row = length - 1;
    return {
      T: bars.closeTimeMs[row]!,
      s: wireSymbol(symbol),
      S: bars.close[row]! >= bars.open[row]! ? "Buy" : "Sell",
      v: decimal(bars.volume[row]!),
      p: decimal(bars.close[row]!),
      L: "PlusTick",
      i: String(row),
      BT: false,
    };
  }

  private symbolOf(wire: string): string | null {
    const { channel, exchange } = this.tools;
    const categories: readonly BybitCategory[] =
      channel === "spot" ? ["spot"] : channel === "linear" ? ["linear"] : ["linear", "spot"];
    for (const category of categories) {
      const listing = listingIn(exchange, category, wire);
      if (listing !== null) return listing.symbol;
    }
    return null;
  }

  private pong(req_id: MessageId): void {
    const { channel, connectionId, nowMs } = this.tools;
    if (channel === "private" || channel === "trade")
      return this.answer({ req_id, op: "pong", args: [String(nowMs())], conn_id: connectionId });
    this.answer({ success: true, ret_msg: "pong", conn_id: connectionId, req_id, op: "ping" });
  }

  private signIn(args: readonly unknown[], req_id: MessageId): void {
    const [key, expires, sign] = args.map(String);
    const account = this.tools.exchange.account(key ?? "");
    const isInTime = Number(expires) > this.tools.nowMs();
    const isSigned =
      account !== null && isSignature(`GET/realtime${expires}`, account.options.secret, sign ?? "");
    const isGood = isInTime && isSigned;
    if (isGood) this.account = account;
    const text = isGood ? "" : isInTime ? "Invalid apikey or sign" : "Params Error";
    const { channel, connectionId: conn_id } = this.tools;
    if (channel === "trade") {
      const reply = {
        retCode: isGood ? 0 : 10004,
        retMsg: isGood ? "OK" : text,
        op: "auth",
        connId: conn_id,
      };
      return this.answer(reply);
    }
    this.answer({ req_id, success: isGood, ret_msg: text, op: "auth", conn_id });
  }

  private subscribe(op: "subscribe" | "unsubscribe", args: readonly unknown[], req_id: MessageId): void {
    const { channel, connectionId: conn_id } = this.tools;
    const topics = args.map(String);
    const wrong = topics.find((topic) => !this.isTopic(topic));
    const problem =
      wrong !== undefined
        ? `error:handler not found,topic:${wrong}`
        : channel === "spot" && topics.length > 10
          ? "args size >10"
          : topics.some((topic) => privateTopic.test(topic)) && this.account === null
            ? "Request not authorized"
            : null;
    if (problem !== null) return this.answer({ success: false, ret_msg: problem, conn_id, req_id, op });
    for (const topic of topics)
      if (op === "subscribe") this.topics.add(topic);
      else this.topics.delete(topic);
    this.watch([...this.topics].some((topic) => publicTopic.test(topic)));
    this.answer({ success: true, ret_msg: op === "subscribe" ? "subscribe" : "", conn_id, req_id, op });
  }

  private isTopic(topic: string): boolean {
    if (privateTopic.test(topic)) return true;
    const match = publicTopic.exec(topic);
    if (match === null || this.symbolOf(match[2]!) === null) return false;
    const [kind = "", interval = ""] = match[1]!.split(".");
    return kind !== "kline" || timeframeOfInterval(interval) !== null;
  }

  private trade(op: string, body: unknown, reqId: MessageId): void {
    const { connectionId: connId, trade, nowMs } = this.tools;
    const path = `/v5/order/${op.slice("order.".length)}`;
    const reply =
      this.account === null
        ? { retCode: 10003, retMsg: "not signed in", result: {} }
        : trade(path, this.account, body);
    const header = { "X-Bapi-Limit": "20", "X-Bapi-Limit-Status": "19", Timenow: String(nowMs()) };
    const { retCode, retMsg, result: data, retExtInfo = {} } = reply;
    this.answer({ reqId, retCode, retMsg, op, data, retExtInfo, header, connId });
  }

  private answer(value: unknown): void {
    this.socket.answer(JSON.stringify(value));
  }

  private watch(isWatching: boolean): void {
    if (isWatching !== this.isWatching) this.tools.watch(isWatching ? 1 : -1);
    this.isWatching = isWatching;
  }
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return null;
  }
}
