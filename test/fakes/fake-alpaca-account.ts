import type { WebSocket } from "ws";
import type { Clock } from "../../src/ports/clock.ts";
import { FakeBook, type BookFill, type BookOrder } from "./fake-book.ts";
import { FakeHost, type FakeReply, type FakeRequest } from "./fake-host.ts";

export const alpacaKeys = { key: "PKALPACA00000000KEY1", secret: "alpacasecret0000000000000000000000000000" };

/** What may be set at the account, and what a hand changed. */
type AlpacaAccountState = {
  isRevoked: boolean;
  status: string;
  isBlocked: boolean;
  isSuspended: boolean;
  multiplier: string;
  isMultiplierStuck: boolean;
  pageRows: number;
};

export type FakeAlpacaAccount = {
  readonly host: FakeHost;
  readonly book: FakeBook;
  readonly state: AlpacaAccountState;
};

/** Alpaca's trading interface as its documents describe it; its stream sends binary frames, as that for paper does. */
export async function startFakeAlpacaAccount(clock: Clock): Promise<FakeAlpacaAccount> {
  const host = await FakeHost.start(clock);
  const book = new FakeBook(clock);
  const state: AlpacaAccountState = {
    isRevoked: false,
    status: "ACTIVE",
    isBlocked: false,
    isSuspended: false,
    multiplier: "4",
    isMultiplierStuck: false,
    pageRows: 500,
  };
  const face = new AlpacaFace(clock, book, state);
  host.answer = (request) => face.answer(request);
  host.socketHandler = { message: (socket, data) => face.hear(socket, data.toString()) };
  const push = (data: object): void => host.send({ stream: "trade_updates", data }, true);
  book.stream = {
    order: (order) =>
      push({ event: order.state === "working" ? "new" : order.state, order: orderRow(order) }),
    filled: ({ order, quantity, price, id, timeMs }) =>
      push({
        event: order.state === "filled" ? "fill" : "partial_fill",
        execution_id: id,
        timestamp: stamp(timeMs),
        price: String(price),
        qty: String(quantity),
        position_qty: String(book.positions.get(order.symbol)!.quantity),
        order: orderRow(order),
      }),
  };
  return { host, book, state };
}

class AlpacaFace {
  private readonly clock: Clock;
  private readonly book: FakeBook;
  private readonly state: AlpacaAccountState;

  constructor(clock: Clock, book: FakeBook, state: AlpacaAccountState) {
    this.clock = clock;
    this.book = book;
    this.state = state;
  }

  hear(socket: WebSocket, text: string): void {
    const { action, data } = JSON.parse(text) as { action: string; data: Record<string, unknown> };
    const say = (stream: string, content: object): void =>
      socket.send(Buffer.from(JSON.stringify({ stream, data: content })));
    if (action === "listen") return say("listening", { streams: data["streams"] });
    const isKnown =
      !this.state.isRevoked && data["key_id"] === alpacaKeys.key && data["secret_key"] === alpacaKeys.secret;
    say("authorization", { status: isKnown ? "authorized" : "unauthorized", action: "authenticate" });
  }

  answer(request: FakeRequest): FakeReply {
    const { headers, path, method, body } = request;
    const isKnown =
      !this.state.isRevoked &&
      headers["apca-api-key-id"] === alpacaKeys.key &&
      headers["apca-api-secret-key"] === alpacaKeys.secret;
    if (!isKnown) return no(401, 40_110_000, "request is not authorized");
    if (path.startsWith("/v2/orders")) return this.orders(request);
    const fields = body === "" ? {} : (JSON.parse(body) as Record<string, string>);
    switch (path) {
      case "/v2/account":
        return { body: this.account() };
      case "/v2/account/configurations":
        if (method === "PATCH" && !this.state.isMultiplierStuck)
          this.state.multiplier = fields["max_margin_multiplier"]!;
        return {
          body: {
            suspend_trade: this.state.isSuspended,
            no_shorting: false,
            max_margin_multiplier: this.state.multiplier,
          },
        };
      case "/v2/account/activities/FILL":
        return { body: this.activities(request.query) };
      case "/v2/positions":
        return { body: this.positions() };
      case "/v2/clock":
        return {
          body: { timestamp: stamp(this.clock.nowMs()), is_open: true, next_open: "", next_close: "" },
        };
      default:
        return asset(path);
    }
  }

  private orders({ path, method, query, body }: FakeRequest): FakeReply {
    if (path === "/v2/orders:by_client_order_id") {
      const order = this.book.byClientId(query.get("client_order_id") ?? "");
      return order === undefined ? notFound() : { body: orderRow(order) };
    }
    if (path === "/v2/orders") {
      if (method === "POST") return this.create(JSON.parse(body) as Record<string, string>);
      if (method === "GET") return { body: this.list(query) };
      const open = this.book.orders.filter(({ state }) => state === "working");
      for (const order of open) this.book.end(order, "canceled", "");
      return { status: 207, body: open.map(({ venueId }) => ({ id: venueId, status: 200 })) };
    }
    const id = decodeURIComponent(path.split("/")[3] ?? "");
    const order = this.book.orders.find(({ venueId }) => venueId === id);
    if (order === undefined) return notFound();
    if (method === "GET") return { body: orderRow(order) };
    if (order.state !== "working") return no(422, 42_210_000, `order is already in "${order.state}" state`);
    this.book.end(order, "canceled", "");
    return { status: 204, body: "" };
  }

  private create(fields: Readonly<Record<string, string>>): FakeReply {
    if (this.book.byClientId(fields["client_order_id"]!) !== undefined)
      return no(422, 40_010_001, "client_order_id must be unique");
    const kinds = {
      market: "market",
      limit: "limit",
      stop: "stop",
      stop_limit: "stop_limit",
      trailing_stop: "trail",
    } as const;
    const order = this.book.add({
      clientId: fields["client_order_id"]!,
      symbol: fields["symbol"]!,
      side: fields["side"] === "buy" ? "buy" : "sell",
      quantity: Number(fields["qty"]),
      kind: kinds[fields["type"] as keyof typeof kinds],
      limitPrice: numberOrNull(fields["limit_price"]),
      triggerPrice: numberOrNull(fields["stop_price"] ?? fields["trail_price"]),
      timeInForce: fields["time_in_force"]!,
    });
    return { body: orderRow(order) };
  }

  /** Oldest first, `after` exclusive; the nested list holds the same, for there are no legs here. */
  private list(query: URLSearchParams): readonly object[] {
    const afterMs = Date.parse(query.get("after") ?? "1970-01-01");
    const rows = Math.min(this.state.pageRows, Number(query.get("limit") ?? 50));
    return this.book.orders
      .filter(({ state, submittedMs }) => state === "working" && submittedMs > afterMs)
      .slice(0, rows)
      .map(orderRow);
  }

  private activities(query: URLSearchParams): readonly object[] {
    const afterMs = Date.parse(query.get("after")!);
    const rows = Math.min(this.state.pageRows, Number(query.get("page_size")));
    const all = this.book.fills.filter(({ timeMs }) => timeMs > afterMs);
    const token = query.get("page_token");
    const start = token === null ? 0 : 1 + all.findIndex((fill) => activityId(fill) === token);
    return all.slice(start, start + rows).map((fill) => ({
      activity_type: "FILL",
      id: activityId(fill),
      transaction_time: stamp(fill.timeMs),
      type: "partial_fill",
      price: String(fill.price),
      qty: String(fill.quantity),
      cum_qty: String(fill.cumulative),
      leaves_qty: String(fill.order.quantity - fill.cumulative),
      side: fill.order.side,
      symbol: fill.order.symbol,
      order_id: fill.order.venueId,
    }));
  }

  private account(): object {
    const { status, isBlocked, isSuspended, multiplier } = this.state;
    const cash = String(this.book.cash);
    return {
      account_number: "PA3TEST42",
      status,
      crypto_status: "ACTIVE",
      currency: "USD",
      cash,
      equity: cash,
      buying_power: cash,
      non_marginable_buying_power: cash,
      multiplier,
      shorting_enabled: true,
      trading_blocked: isBlocked,
      account_blocked: false,
      trade_suspended_by_user: isSuspended,
    };
  }

  private positions(): readonly object[] {
    return [...this.book.positions].map(([symbol, { quantity, averagePrice }]) => ({
      // Without the slash that orders have.
      symbol: symbol.replace("/", ""),
      asset_class: symbol.includes("/") ? "crypto" : "us_equity",
      qty: String(quantity),
      side: quantity < 0 ? "short" : "long",
      avg_entry_price: String(averagePrice),
    }));
  }
}

function activityId({ timeMs, id }: BookFill): string {
  return `${timeMs}::${id}`;
}

function orderRow(order: BookOrder): object {
  const working = order.filled > 0 ? "partially_filled" : "new";
  return {
    id: order.venueId,
    client_order_id: order.clientId,
    symbol: order.symbol,
    asset_class: order.symbol.includes("/") ? "crypto" : "us_equity",
    qty: String(order.quantity),
    filled_qty: String(order.filled),
    side: order.side,
    type: {
      market: "market",
      limit: "limit",
      stop: "stop",
      stop_limit: "stop_limit",
      trail: "trailing_stop",
      touch: "",
      touch_limit: "",
    }[order.kind],
    time_in_force: order.timeInForce,
    limit_price: order.limitPrice === null ? null : String(order.limitPrice),
    stop_price: order.kind === "trail" || order.triggerPrice === null ? null : String(order.triggerPrice),
    trail_price: order.kind === "trail" ? String(order.triggerPrice) : null,
    trail_percent: null,
    status: order.state === "working" ? working : order.state,
    submitted_at: stamp(order.submittedMs),
    created_at: stamp(order.submittedMs),
    updated_at: stamp(order.changedMs),
    legs: null,
  };
}

function asset(path: string): FakeReply {
  const symbol = decodeURIComponent(path.replace("/v2/assets/", ""));
  if (symbol === "AAPL")
    return {
      body: {
        class: "us_equity",
        symbol,
        status: "active",
        tradable: true,
        shortable: true,
        easy_to_borrow: true,
        fractionable: true,
      },
    };
  if (symbol === "BTC/USD")
    return {
      body: {
        class: "crypto",
        symbol,
        status: "active",
        tradable: true,
        shortable: false,
        easy_to_borrow: false,
        fractionable: true,
        price_increment: "0.01",
        min_trade_increment: "0.0001",
        min_order_size: "0.0002",
      },
    };
  return no(404, 40_410_000, `asset not found for ${symbol}`);
}

function no(status: number, code: number, message: string): FakeReply {
  return { status, body: { code, message } };
}

function notFound(): FakeReply {
  return no(404, 40_410_000, "order not found");
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

/** With nanoseconds, as the venue writes them. */
function stamp(timeMs: number): string {
  return new Date(timeMs).toISOString().replace("Z", "000000Z");
}
