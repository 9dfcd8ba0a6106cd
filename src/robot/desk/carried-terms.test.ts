import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder, OrderTerms, Side } from "../../domain/order.ts";
import type { BrokerCapabilities } from "../../ports/broker-connection.ts";
import { OrderDesk } from "./order-desk.ts";

const instrument = { index: 0, symbol: "A", quoteCurrency: "USD", tickSize: 0.01, lotSize: 1 } as Instrument;
const withoutTrails: BrokerCapabilities = {
  ...everything,
  orderTypes: everything.orderTypes.filter((type) => type !== "trailing_stop_market"),
};
const by = (amount: number): OrderTerms => ({
  type: "trailing_stop_market",
  trail: { kind: "amount", amount },
});

/** A desk in front of a venue that knows no trailing stops, its bars, and what the venue has of an order in the end. */
class Trailed {
  readonly bars = new BarTable("A", "1m");
  readonly desk: OrderDesk;
  private fills = 0;

  constructor(venue = withoutTrails) {
    this.desk = new OrderDesk("s", { instruments: [instrument], bars: [this.bars] }, venue);
  }

  bar(high: number, low: number, close: number, isStale = false): void {
    const row = this.bars.length;
    this.bars.append(row + 1, close, high, low, close, 1);
    this.desk.advance({ timeMs: row + 1, count: 1, instruments: [0], rows: [row], isStale } as never);
  }

  /** Sends an order of ten, which arrives. */
  send(id: number, order: Partial<ApprovedOrder>): void {
    this.desk.submit({ ...(marketOrder({ id: id as never, quantity: 10 }) as ApprovedOrder), ...order });
    this.carry(id);
  }

  /** What the desk has for the venue about an order gets there and is done. */
  carry(id: number): void {
    const ticket = this.desk.ticketOf(`so${id}`);
    if (ticket?.errand == null) return;
    const request = ticket.asked ?? ticket.request;
    const errand = ticket.errand as "submit" | "modify";
    this.desk.hear({ kind: "intent", atMs: 0, errand, orderId: ticket.orderId, request });
    const { symbol, side, quantity, clientOrderId, terms, reduceOnly } = request;
    const about = { symbol, side, quantity, clientOrderId, venueOrderId: `v${id}`, venueTimeMs: 1 };
    const state = {
      terms,
      reduceOnly,
      filledQuantity: 0,
      status: "accepted",
      code: null,
      reason: "",
    } as const;
    this.desk.hear({ kind: "told", atMs: 0, order: { ...about, ...state } });
  }

  fill(id: number, price: number, quantity: number): void {
    const { symbol, side, clientOrderId } = this.desk.ticketOf(`so${id}`)!.request;
    this.fills += 1;
    const about = { symbol, side, quantity, clientOrderId, venueOrderId: `v${id}`, fillId: `f${this.fills}` };
    const money = { price, fee: 0, feeCurrency: "USD", liquidity: "taker" } as const;
    this.desk.hear({ kind: "fill", atMs: 1, fill: { ...about, ...money, venueTimeMs: 1, receivedAtMs: 1 } });
  }

  /** Opens ten at a price, with an exit of the other side that hangs on them. */
  open(side: Side, price: number, terms: OrderTerms): void {
    const other = side === "buy" ? "sell" : "buy";
    this.send(1, { side });
    this.send(2, { side: other, terms, parentId: 1 as never, closePosition: true });
    this.fill(1, price, 10);
    this.carry(2);
  }

  stopOf(id: number): number | string | undefined {
    this.carry(id);
    const terms = this.desk.ticketOf(`so${id}`)?.request.terms;
    return terms?.type === "stop_market" ? terms.stopPrice : terms?.type;
  }
}

test("a stop that is trailed here begins behind the fill of its entry, and follows the better price alone", () => {
  const at = new Trailed();
  at.bar(97, 97, 97);
  at.open("buy", 95, by(2));
  expect(at.stopOf(2)).toBe(93);
  at.bar(99, 96, 96);
  expect(at.stopOf(2)).toBe(97);
  at.bar(98.9, 97.5, 98);
  expect(at.stopOf(2)).toBe(97);
  // What came too late moves nothing.
  at.bar(120, 98, 98, true);
  expect(at.stopOf(2)).toBe(97);
});

test("the stop of a short holding stands above the best price, and follows it down", () => {
  const at = new Trailed();
  at.bar(97, 97, 97);
  at.open("sell", 95, by(2));
  expect(at.stopOf(2)).toBe(97);
  at.bar(96, 90, 96);
  expect(at.stopOf(2)).toBe(92);
  at.bar(96, 90.1, 91);
  expect(at.stopOf(2)).toBe(92);
});

test("a fraction is one of the best price, and the last part of an entry is where the trail begins", () => {
  const at = new Trailed();
  const terms: OrderTerms = { type: "trailing_stop_market", trail: { kind: "fraction", fraction: 0.02 } };
  at.open("buy", 100, terms);
  expect(at.stopOf(2)).toBe(98);
  at.bar(110, 100, 110);
  expect(at.stopOf(2)).toBe(107.8);
  const parts = new Trailed();
  parts.send(1, {});
  parts.fill(1, 100, 4);
  parts.fill(1, 104, 6);
  parts.send(2, { side: "sell", terms: by(2), parentId: 1 as never, closePosition: true });
  expect(parts.stopOf(2)).toBe(102);
});

test("a stop that takes another's place goes on from the better of its best price and the market's", () => {
  const stops = (close: number, next: Partial<ApprovedOrder> = {}) => {
    const at = new Trailed();
    at.open("buy", 95, by(5));
    at.bar(99, 95, 96);
    // The high of this one belongs to the old stop, not yet to the new one, which has only the close.
    at.bar(close, close, close);
    at.send(3, { side: "sell", terms: by(2), closePosition: true, ...next });
    return at.stopOf(3);
  };
  expect(stops(96)).toBe(97);
  expect(stops(100)).toBe(98);
  // One that closes only a part takes nobody's place.
  expect(stops(96, { closePosition: false, reduceOnly: true, quantity: 4 })).toBe(94);
});

test("what another one's stop has seen is not asked of the other side, nor of a stop with a price of its own", () => {
  const at = new Trailed();
  at.open("buy", 95, by(5));
  at.bar(99, 90, 96);
  // A stop to buy above the market, as if the holding were short: it begins where the market stands.
  at.desk.hear({ kind: "holding", atMs: 2, symbol: "A", quantity: -10, averagePrice: 95 } as never);
  at.send(3, { side: "buy", terms: by(2), closePosition: true });
  expect(at.stopOf(3)).toBe(98);
});

test("a venue that trails by itself is told to, and other orders keep their terms", () => {
  const at = new Trailed(everything);
  at.open("buy", 95, by(2));
  expect(at.stopOf(2)).toBe("trailing_stop_market");
  at.bar(120, 95, 120);
  expect(at.desk.ticketOf("so2")!.errand).toBeNull();
  const other = new Trailed();
  other.open("buy", 95, { type: "stop_market", stopPrice: 90 });
  other.bar(120, 95, 120);
  expect(other.stopOf(2)).toBe(90);
});
