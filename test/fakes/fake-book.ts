import type { Side } from "../../src/domain/order.ts";
import type { Clock } from "../../src/ports/clock.ts";

/** An order at a made-up venue. */
export type BookOrder = {
  readonly venueId: string;
  clientId: string;
  readonly symbol: string;
  readonly side: Side;
  quantity: number;
  filled: number;
  state: "working" | "filled" | "canceled" | "rejected";
  readonly kind: "market" | "limit" | "stop" | "stop_limit" | "touch" | "touch_limit" | "trail";
  limitPrice: number | null;
  triggerPrice: number | null;
  readonly timeInForce: string;
  readonly reduceOnly: boolean;
  reason: string;
  readonly submittedMs: number;
  changedMs: number;
};

/** One execution at a made-up venue. */
export type BookFill = {
  readonly id: string;
  readonly order: BookOrder;
  readonly quantity: number;
  readonly price: number;
  readonly cumulative: number;
  readonly timeMs: number;
};

/** What a face of the venue sends over its stream. */
type BookListener = {
  readonly order: (order: BookOrder) => void;
  readonly filled: (fill: BookFill) => void;
};

/** The books of a made-up venue: what was ordered, filled and held, whatever language its face speaks. */
export class FakeBook {
  readonly orders: BookOrder[] = [];
  readonly fills: BookFill[] = [];
  readonly positions = new Map<string, { quantity: number; averagePrice: number }>();
  cash = 100_000;
  /** What goes over the stream; nothing while it is null. */
  stream: BookListener | null = null;
  /** Whether what happens is told over the stream. */
  isSilent = false;
  private readonly clock: Clock;
  private count = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Takes an order as it is. */
  add(order: Pick<BookOrder, "symbol" | "side" | "quantity"> & Partial<BookOrder>): BookOrder {
    const nowMs = this.clock.nowMs();
    const added: BookOrder = {
      venueId: this.nextId(),
      clientId: "",
      filled: 0,
      state: "working",
      kind: "limit",
      limitPrice: 100,
      triggerPrice: null,
      timeInForce: "gtc",
      reduceOnly: false,
      reason: "",
      submittedMs: nowMs,
      changedMs: nowMs,
      ...order,
    };
    this.orders.push(added);
    this.tell((stream) => stream.order(added));
    return added;
  }

  byClientId(clientId: string): BookOrder | undefined {
    return this.orders.find((order) => order.clientId === clientId);
  }

  /** Fills a part of an order. */
  fill(order: BookOrder, quantity: number, price: number): BookFill {
    order.filled = Number((order.filled + quantity).toFixed(9));
    order.changedMs = this.clock.nowMs();
    if (order.filled >= order.quantity) order.state = "filled";
    const fill: BookFill = {
      id: this.nextId(),
      order,
      quantity,
      price,
      cumulative: order.filled,
      timeMs: order.changedMs,
    };
    this.fills.push(fill);
    const signed = order.side === "buy" ? quantity : -quantity;
    const held = this.positions.get(order.symbol)?.quantity ?? 0;
    this.positions.set(order.symbol, { quantity: held + signed, averagePrice: price });
    this.cash -= signed * price;
    this.tell((stream) => stream.filled(fill));
    return fill;
  }

  /** Ends an order that works. */
  end(order: BookOrder, state: "canceled" | "rejected", reason: string): void {
    order.state = state;
    order.reason = reason;
    order.changedMs = this.clock.nowMs();
    this.tell((stream) => stream.order(order));
  }

  private tell(say: (stream: BookListener) => void): void {
    if (this.stream !== null && !this.isSilent) say(this.stream);
  }

  private nextId(): string {
    this.count += 1;
    return `00000000-0000-4000-8000-${String(this.count).padStart(12, "0")}`;
  }
}
