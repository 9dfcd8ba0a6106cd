import type { Side } from "../../src/domain/order.ts";
import type {
  Acknowledgement,
  BrokerConnection,
  OpenOrders,
  VenueOrder,
  VenueOrderRequest,
} from "../../src/ports/broker-connection.ts";

/** A venue of a few lines: market orders fill at 100 at once, everything else rests. A test breaks what it wants broken. */
export class StillVenue {
  readonly sent: VenueOrderRequest[] = [];
  readonly positions = new Map<string, number>();
  readonly orders = new Map<string, VenueOrder>();
  cancelAlls = 0;
  isDown = false;
  /** Orders that a cancel of all overlooks, by client order id. */
  readonly stubborn = new Set<string>();
  lotSize = 1;
  quantityMax: number | undefined = undefined;
  /** Orders whose name nobody is told. */
  readonly nameless = new Set<string>();
  /** Symbols in which nothing fills. */
  readonly closed = new Set<string>();
  isOpen = true;
  /** False: a market order rests until `open` is called. */
  clockSkewMs = 0;

  rest(clientOrderId: string, symbol: string, side: Side = "buy"): void {
    this.orders.set(clientOrderId, this.orderOf({ clientOrderId, symbol, side, quantity: 1 }, "accepted"));
  }

  open(): void {
    this.isOpen = true;
    this.closed.clear();
    for (const order of this.working()) if (order.terms?.type === "market") this.fill(order);
  }

  working(): readonly VenueOrder[] {
    return [...this.orders.values()].filter(({ status }) => status === "accepted");
  }

  /** A line of one process to this venue. */
  connect(accountName = "demo"): BrokerConnection {
    const answer = <T>(work: () => T): Promise<T> =>
      this.isDown ? Promise.reject(new Error("connect ECONNREFUSED")) : Promise.resolve(work());
    const acknowledged = (work: () => Acknowledgement): Promise<Acknowledgement> =>
      Promise.resolve(this.isDown ? { kind: "unknown", reason: "ECONNREFUSED" } : work());
    return {
      accountName,
      capabilities: {
        orderTypes: ["market", "limit", "stop_market"],
        timesInForce: ["gtc"],
        postOnly: true,
        reduceOnly: true,
        modify: true,
        clientOrderId: { lengthMax: 36, pattern: /^[\w-]+$/ },
      },
      line: { kind: "live", atMs: 0 },
      open: () => answer(() => undefined),
      submit: (order) => acknowledged(() => this.take(order)),
      cancel: (id) => acknowledged(() => this.end(id)),
      modify: () => acknowledged(() => ({ kind: "rejected", code: "other", reason: "" })),
      cancelAll: () =>
        acknowledged(() => {
          this.cancelAlls += 1;
          for (const { clientOrderId } of this.working())
            if (!this.stubborn.has(clientOrderId!)) this.end(clientOrderId!);
          return accepted;
        }),
      account: () =>
        answer(() => ({
          venueTimeMs: 0,
          cash: new Map([["USD", 1_000]]),
          balance: 1_000,
          equity: 1_000,
          currency: "USD",
          buyingPower: 1_000,
          positions: new Map(
            [...this.positions].map(([symbol, quantity]) => [
              symbol,
              { quantity, averagePrice: 100, paid: quantity * 100 },
            ]),
          ),
        })),
      openOrders: () => answer((): OpenOrders => ({ kind: "whole", orders: this.listed() })),
      order: (id) => answer(() => this.orders.get(id) ?? null),
      fillsSince: () => answer(() => []),
      instruments: (symbols) =>
        answer(() =>
          symbols.map((symbol) => ({
            symbol,
            tickSize: 0.01,
            lotSize: this.lotSize,
            quantityMin: this.lotSize,
            quantityMax: this.quantityMax,
            notionalMin: 0,
            contractMultiplier: 1,
            baseCurrency: symbol,
            quoteCurrency: "USD",
            isTradable: true,
            canShort: true,
          })),
        ),
      timeMs: () => answer(() => this.clockSkewMs),
      isMarketOpen: () => answer(() => this.isOpen),
      close: () => Promise.resolve(),
    };
  }

  private listed(): readonly VenueOrder[] {
    return this.working().map((order) =>
      this.nameless.has(order.clientOrderId!) ? { ...order, clientOrderId: null } : order,
    );
  }

  private take(request: VenueOrderRequest): Acknowledgement {
    this.sent.push(request);
    if (this.orders.has(request.clientOrderId)) return { kind: "rejected", code: "doubled_id", reason: "" };
    const order = this.orderOf(request, "accepted");
    this.orders.set(request.clientOrderId, order);
    const isOpen = this.isOpen && !this.closed.has(order.symbol);
    if (isOpen && request.terms.type === "market") this.fill(order);
    return accepted;
  }

  private fill(order: VenueOrder): void {
    const held = this.positions.get(order.symbol) ?? 0;
    this.positions.set(order.symbol, held + (order.side === "buy" ? 1 : -1) * order.quantity);
    this.orders.set(order.clientOrderId!, { ...order, status: "filled", filledQuantity: order.quantity });
  }

  private end(id: string): Acknowledgement {
    const order = this.orders.get(id);
    if (order?.status !== "accepted") return { kind: "rejected", code: "unknown_order", reason: "" };
    this.orders.set(id, { ...order, status: "canceled" });
    return accepted;
  }

  private orderOf(
    request: Pick<VenueOrderRequest, "clientOrderId" | "symbol" | "side" | "quantity"> &
      Partial<VenueOrderRequest>,
    status: VenueOrder["status"],
  ): VenueOrder {
    const { clientOrderId, symbol, side, quantity, terms = { type: "limit", limitPrice: 1 } } = request;
    return {
      clientOrderId,
      venueOrderId: `v-${clientOrderId}`,
      symbol,
      side,
      quantity,
      filledQuantity: 0,
      status,
      terms,
      reduceOnly: request.reduceOnly ?? false,
      code: null,
      reason: "",
      venueTimeMs: 0,
    };
  }
}

const accepted: Acknowledgement = { kind: "accepted", venueOrderId: "v", venueTimeMs: 0 };

/** A log that nobody reads. */
export const silentLog = { debug() {}, info() {}, warn() {}, error() {} };
