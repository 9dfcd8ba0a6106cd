import { createHmac } from "node:crypto";
import type { WebSocket } from "ws";
import type { Clock } from "../../src/ports/clock.ts";
import { FakeBook, type BookFill, type BookOrder } from "./fake-book.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

export const bybitKeys = { key: "bybitkey0000000001", secret: "bybitsecret000000000000000000000000a" };

/** What may be set at the account, and what a hand changed. */
type BybitAccountState = {
  permissions: Record<string, string[]>;
  readOnly: number;
  isRevoked: boolean;
  marginMode: string;
  isHedge: boolean;
  /** A leverage that cannot be changed. */
  isLeverageStuck: boolean;
  leverage: string;
  pageRows: number;
};

export type FakeBybitAccount = {
  readonly host: FakeHost;
  readonly book: FakeBook;
  readonly state: BybitAccountState;
};

/** Bybit's private v5 interface as its documents describe it: signatures are checked over the bytes that came. */
export async function startFakeBybitAccount(clock: Clock): Promise<FakeBybitAccount> {
  const host = await FakeHost.start(clock);
  const book = new FakeBook(clock);
  const state: BybitAccountState = {
    permissions: { ContractTrade: ["Order", "Position"], Spot: ["SpotTrade"], Wallet: ["AccountTransfer"] },
    readOnly: 0,
    isRevoked: false,
    marginMode: "REGULAR_MARGIN",
    isHedge: false,
    isLeverageStuck: false,
    leverage: "10",
    pageRows: 50,
  };
  const face = new BybitFace(clock, host, book, state);
  host.answer = (request) => face.answer(request);
  host.socketHandler = { message: (socket, data) => face.hear(socket, data.toString()) };
  book.stream = {
    order: (order) => face.push("order", orderRow(order)),
    filled: (fill) => {
      face.push("execution", executionRow(fill));
      face.push("order", orderRow(fill.order));
    },
  };
  return { host, book, state };
}

class BybitFace {
  private readonly clock: Clock;
  private readonly host: FakeHost;
  private readonly book: FakeBook;
  private readonly state: BybitAccountState;

  constructor(clock: Clock, host: FakeHost, book: FakeBook, state: BybitAccountState) {
    this.clock = clock;
    this.host = host;
    this.book = book;
    this.state = state;
  }

  push(topic: string, row: object): void {
    const creationTime = this.clock.nowMs();
    this.host.send({ id: "1", topic, creationTime, data: [{ category: "linear", ...row }] });
  }

  hear(socket: WebSocket, text: string): void {
    const { op, args = [] } = JSON.parse(text) as { op: string; args?: (string | number)[] };
    const say = (message: object): void => socket.send(JSON.stringify({ op, conn_id: "c", ...message }));
    if (op === "ping") return say({ op: "pong", args: [String(this.clock.nowMs())] });
    if (op === "subscribe") return say({ success: true, ret_msg: "" });
    const [key, expires, signature] = args;
    const expected = createHmac("sha256", bybitKeys.secret).update(`GET/realtime${expires}`).digest("hex");
    const isKnown = key === bybitKeys.key && !this.state.isRevoked && signature === expected;
    if (!isKnown) return say({ success: false, retCode: 10_003, ret_msg: "API key is invalid." });
    say({ success: true, ret_msg: "" });
  }

  answer(request: FakeRequest): FakeReply {
    const reply = (result: unknown, retCode = 0, retMsg = "OK"): FakeReply => ({
      body: { retCode, retMsg, result, retExtInfo: {}, time: this.clock.nowMs() },
    });
    if (request.path === "/v5/market/time") return reply({});
    if (request.path === "/v5/market/instruments-info") return reply({ list: instruments(request) });
    const wrong = this.refusal(request);
    if (wrong !== null) return reply({}, ...wrong);
    const fields = request.method === "POST" ? (JSON.parse(request.body) as Fields) : fieldsOf(request);
    return this.act(request.path, fields, reply);
  }

  private refusal({ method, headers, rawQuery, body }: FakeRequest): readonly [number, string] | null {
    const stamp = String(headers["x-bapi-timestamp"]);
    const window = String(headers["x-bapi-recv-window"]);
    const text = stamp + String(headers["x-bapi-api-key"]) + window + (method === "GET" ? rawQuery : body);
    if (headers["x-bapi-api-key"] !== bybitKeys.key || this.state.isRevoked)
      return [10_003, "API key is invalid."];
    const signature = createHmac("sha256", bybitKeys.secret).update(text).digest("hex");
    if (headers["x-bapi-sign"] !== signature) return [10_004, "error sign! origin_string[...]"];
    const aheadMs = Number(stamp) - this.clock.nowMs();
    return aheadMs >= 1_000 || aheadMs < -Number(window)
      ? [10_002, "invalid request, please check your timestamp"]
      : null;
  }

  private act(path: string, fields: Fields, reply: Reply): FakeReply {
    switch (path) {
      case "/v5/user/query-api": {
        const { permissions, readOnly } = this.state;
        return reply({ readOnly, permissions, ips: ["*"], expiredAt: "1970-01-01T00:00:00Z", userID: 4242 });
      }
      case "/v5/account/info":
        return reply({ marginMode: this.state.marginMode, unifiedMarginStatus: 5 });
      case "/v5/account/wallet-balance":
        return reply({ list: [wallet(this.book.cash)] });
      case "/v5/position/list":
        return reply({ list: this.positions(fields) });
      case "/v5/position/set-leverage":
        if (this.state.isLeverageStuck)
          return reply({}, 110_013, "cannot set leverage due to risk limit level");
        if (fields["buyLeverage"] === this.state.leverage) return reply({}, 110_043, "leverage not modified");
        this.state.leverage = String(fields["buyLeverage"]);
        return reply({});
      case "/v5/order/realtime":
        return reply(this.page(fields, this.ordersOf(fields, false).map(orderRow)));
      case "/v5/order/history":
        return reply(this.page(fields, this.ordersOf(fields, true).map(orderRow)));
      case "/v5/execution/list": {
        const { startTime, endTime = Number.MAX_SAFE_INTEGER } = fields;
        const found = this.book.fills.filter(
          ({ timeMs }) => timeMs >= Number(startTime) && timeMs <= Number(endTime),
        );
        return reply(this.page(fields, found.map(executionRow).toReversed()));
      }
      default:
        return this.change(path, fields, reply);
    }
  }

  private change(path: string, fields: Fields, reply: Reply): FakeReply {
    const order = this.book.byClientId(String(fields["orderLinkId"]));
    switch (path) {
      case "/v5/order/create":
        if (order !== undefined) return reply({}, 110_072, "OrderLinkedID is duplicate");
        if (Number(fields["qty"]) > 1_000) return reply({}, 110_007, "ab not enough for new order");
        return reply(idsOf(this.book.add(readOrder(fields))));
      case "/v5/order/amend":
        if (order?.state !== "working") return reply({}, 110_001, "order not exists or too late to replace");
        order.quantity = Number(fields["qty"]);
        if (fields["price"] !== undefined) order.limitPrice = Number(fields["price"]);
        this.push("order", orderRow(order));
        return reply(idsOf(order));
      case "/v5/order/cancel":
        if (order === undefined) return reply({}, 110_001, "order not exists or too late to cancel");
        if (order.state !== "working")
          return reply({}, 110_008, "The order has been completed or cancelled.");
        this.book.end(order, "canceled", "CancelByUser");
        return reply(idsOf(order));
      case "/v5/order/cancel-all": {
        const open = this.ordersOf({ ...fields, orderFilter: undefined }, false).filter(
          ({ state }) => state === "working",
        );
        for (const one of open) this.book.end(one, "canceled", "CancelByUser");
        return reply({ list: open.map(idsOf), success: "1" });
      }
      default:
        return { status: 404, body: "404 page not found" };
    }
  }

  private ordersOf(fields: Fields, isHistory: boolean): readonly BookOrder[] {
    const { orderLinkId, symbol, orderFilter, settleCoin } = fields;
    return this.book.orders.filter(
      (order) =>
        (orderLinkId === undefined || order.clientId === orderLinkId) &&
        (symbol === undefined || order.symbol === symbol) &&
        (settleCoin === undefined || order.symbol.endsWith(String(settleCoin))) &&
        (orderFilter === undefined || (orderFilter === "StopOrder") === (order.triggerPrice !== null)) &&
        (!isHistory || order.state !== "working"),
    );
  }

  private page(fields: Fields, rows: readonly object[]): object {
    const start = Number(fields["cursor"] ?? 0);
    const end = start + Math.min(this.state.pageRows, Number(fields["limit"] ?? 20));
    return { list: rows.slice(start, end), nextPageCursor: end < rows.length ? String(end) : "" };
  }

  private positions({ symbol, settleCoin }: Fields): readonly object[] {
    const held = [...this.book.positions].filter(([name]) =>
      symbol === undefined ? name.endsWith(String(settleCoin)) : name === symbol,
    );
    const rows =
      held.length === 0 && symbol !== undefined
        ? [[String(symbol), { quantity: 0, averagePrice: 0 }] as const]
        : held;
    return rows.flatMap(([name, { quantity, averagePrice }]) =>
      (this.state.isHedge ? [1, 2] : [0]).map((positionIdx) => ({
        positionIdx,
        symbol: name,
        side: quantity === 0 ? "" : quantity > 0 ? "Buy" : "Sell",
        size: String(Math.abs(quantity)),
        avgPrice: String(averagePrice),
        leverage: this.state.leverage,
      })),
    );
  }
}

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;
type Reply = (result: unknown, retCode?: number, retMsg?: string) => FakeReply;

function fieldsOf({ query }: FakeRequest): Fields {
  return Object.fromEntries(query);
}

function idsOf({ venueId, clientId }: BookOrder): object {
  return { orderId: venueId, orderLinkId: clientId };
}

function readOrder(fields: Fields): Parameters<FakeBook["add"]>[0] {
  const trigger = fields["triggerPrice"] === undefined ? null : Number(fields["triggerPrice"]);
  const isMarket = fields["orderType"] === "Market";
  const isStop = (fields["triggerDirection"] === 1) === (fields["side"] === "Buy");
  return {
    clientId: String(fields["orderLinkId"]),
    symbol: String(fields["symbol"]),
    side: fields["side"] === "Buy" ? "buy" : "sell",
    quantity: Number(fields["qty"]),
    kind:
      trigger === null
        ? isMarket
          ? "market"
          : "limit"
        : isStop
          ? isMarket
            ? "stop"
            : "stop_limit"
          : isMarket
            ? "touch"
            : "touch_limit",
    limitPrice: fields["price"] === undefined ? null : Number(fields["price"]),
    triggerPrice: trigger,
    timeInForce: String(fields["timeInForce"] ?? "IOC"),
    reduceOnly: fields["reduceOnly"] === true,
  };
}

function orderRow(order: BookOrder): object {
  const isStop = order.kind === "stop" || order.kind === "stop_limit";
  const partly = order.filled > 0 ? "PartiallyFilled" : order.triggerPrice === null ? "New" : "Untriggered";
  return {
    ...idsOf(order),
    symbol: order.symbol,
    side: order.side === "buy" ? "Buy" : "Sell",
    orderType: ["market", "stop", "touch"].includes(order.kind) ? "Market" : "Limit",
    price: order.limitPrice === null ? "" : String(order.limitPrice),
    qty: String(order.quantity),
    cumExecQty: String(order.filled),
    timeInForce: order.timeInForce,
    orderStatus: { working: partly, filled: "Filled", canceled: "Cancelled", rejected: "Rejected" }[
      order.state
    ],
    cancelType: order.state === "canceled" ? order.reason : "UNKNOWN",
    rejectReason: order.state === "rejected" ? order.reason : "EC_NoError",
    stopOrderType: order.triggerPrice === null ? "" : "Stop",
    triggerPrice: order.triggerPrice === null ? "" : String(order.triggerPrice),
    triggerDirection: order.triggerPrice === null ? 0 : isStop === (order.side === "buy") ? 1 : 2,
    reduceOnly: order.reduceOnly,
    updatedTime: String(order.changedMs),
  };
}

function executionRow({ id, order, quantity, price, timeMs }: BookFill): object {
  return {
    ...idsOf(order),
    symbol: order.symbol,
    side: order.side === "buy" ? "Buy" : "Sell",
    execId: id,
    execPrice: String(price),
    execQty: String(quantity),
    execFee: String(quantity * price * 0.0005),
    feeCurrency: "USDT",
    execType: "Trade",
    execTime: String(timeMs),
    isMaker: false,
  };
}

function wallet(cash: number): object {
  return {
    totalEquity: String(cash),
    totalAvailableBalance: String(cash),
    coin: [
      { coin: "USDT", walletBalance: String(cash), locked: "0", totalOrderIM: "0", totalPositionIM: "0" },
    ],
  };
}

function instruments({ query }: FakeRequest): readonly object[] {
  return ["BTCUSDT", "ETHUSDT"]
    .filter((symbol) => symbol === query.get("symbol"))
    .map((symbol) => ({
      symbol,
      status: "Trading",
      baseCoin: symbol.slice(0, 3),
      quoteCoin: "USDT",
      priceFilter: { tickSize: "0.10" },
      lotSizeFilter: { qtyStep: "0.001", minOrderQty: "0.001", minNotionalValue: "5" },
    }));
}
