import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder } from "../../domain/order.ts";
import type { VenueFill } from "../../ports/broker-connection.ts";
import { OrderDesk } from "./order-desk.ts";

const market = {
  instruments: [{ index: 0, symbol: "A", quoteCurrency: "USD", tickSize: 0.01, lotSize: 1 } as Instrument],
  bars: [new BarTable("A", "1m")],
};

/** A desk that holds 42, and a stop that only reduces it, of that size, which works at the venue. */
function holding(): { readonly desk: OrderDesk; readonly stop: ApprovedOrder } {
  const desk = new OrderDesk("s", market, everything);
  const terms = { type: "stop_market", stopPrice: 90 } as const;
  const entry = marketOrder({ id: 1 as never, quantity: 42 }) as ApprovedOrder;
  const stop = { ...entry, id: 2 as never, side: "sell", terms, reduceOnly: true } as ApprovedOrder;
  for (const order of [entry, stop]) {
    desk.submit(order);
    const { request } = desk.ticketOf(`so${order.id}`)!;
    desk.hear({ kind: "intent", atMs: 0, errand: "submit", orderId: order.id, request });
    const { symbol, side, quantity, clientOrderId } = request;
    const about = { symbol, side, quantity, clientOrderId, venueOrderId: `v${order.id}`, venueTimeMs: 1 };
    const money = { price: 100, fee: 0, feeCurrency: "USD", liquidity: "taker", receivedAtMs: 1 } as const;
    if (order === entry) desk.hear({ kind: "fill", atMs: 1, fill: { ...about, ...money, fillId: "f1" } });
    else {
      const { terms: asked, reduceOnly } = request;
      const state = { terms: asked, reduceOnly, filledQuantity: 0, status: "accepted", code: null } as const;
      desk.hear({ kind: "told", atMs: 1, order: { ...about, ...state, reason: "" } });
    }
  }
  return { desk, stop };
}

test.each([40, 12])(
  "an exit that is to be %i of 42 is changed at the venue before anybody says that it is",
  (quantity) => {
    const { desk, stop } = holding();
    expect([desk.state.position[0], desk.ticketOf("so2")!.phase]).toEqual([42, "working"]);
    desk.modify({ ...stop, quantity });
    const { asked, errand } = desk.ticketOf("so2")!;
    expect([errand, asked?.quantity]).toEqual(["modify", quantity]);
  },
);

test("a target that gets another price gives its place back to the stop", () => {
  const bars = new BarTable("A", "1m");
  const venue = { ...everything, reduceOnly: false };
  const desk = new OrderDesk("s", { instruments: market.instruments, bars: [bars] }, venue);
  const entry = marketOrder({ id: 1 as never, quantity: 42 }) as ApprovedOrder;
  const exit = { ...entry, side: "sell", parentId: 1, closePosition: true, ocoGroup: 1 } as ApprovedOrder;
  const target = { ...exit, id: 3 as never, terms: { type: "limit", limitPrice: 93 } } as ApprovedOrder;
  desk.submit(entry);
  desk.submit({ ...exit, id: 2 as never, terms: { type: "stop_market", stopPrice: 90 } });
  desk.submit(target);
  bars.append(1, 95, 95, 95, 95, 1);
  desk.advance({ timeMs: 1, count: 1, instruments: [0], rows: [0] } as never);
  const { request } = desk.ticketOf("so1")!;
  desk.hear({ kind: "intent", atMs: 1, errand: "submit", orderId: entry.id, request });
  desk.hear({ kind: "fill", atMs: 2, fill: filled("so1", 42) });
  expect(desk.livingTickets().map(({ orderId }) => orderId)).toEqual([3]);
  desk.modify({ ...target, terms: { type: "limit", limitPrice: 99 } });
  expect(desk.livingTickets().map(({ orderId }) => orderId)).toEqual([2]);
});

test("a fill of more than an order had says that its change has been made", () => {
  const desk = new OrderDesk("s", market, everything);
  const entry = marketOrder({ id: 1 as never, quantity: 10 }) as ApprovedOrder;
  desk.submit(entry);
  const { request } = desk.ticketOf("so1")!;
  desk.hear({ kind: "intent", atMs: 1, errand: "submit", orderId: entry.id, request });
  const answer = { kind: "accepted", venueOrderId: "v1", venueTimeMs: 1 } as const;
  desk.hear({ kind: "answered", atMs: 1, clientOrderId: "so1", errand: "submit", answer });
  desk.modify({ ...entry, quantity: 25 });
  const { asked } = desk.ticketOf("so1")!;
  desk.hear({ kind: "intent", atMs: 2, errand: "modify", orderId: entry.id, request: asked! });
  desk.hear({ kind: "fill", atMs: 3, fill: filled("so1", 25) });
  const told = desk.advance({ timeMs: 3, count: 0, instruments: [], rows: [] } as never);
  expect(told.map(({ kind }) => kind)).toEqual(["accepted", "modified", "filled"]);
  expect(told.at(-1)).toMatchObject({ isComplete: true });
});

function filled(clientOrderId: string, quantity: number): VenueFill {
  const about = { symbol: "A", side: "buy", quantity, clientOrderId, venueOrderId: "v1", price: 95 } as const;
  const money = { fee: 0, feeCurrency: "USD", liquidity: "taker", venueTimeMs: 2, receivedAtMs: 2 } as const;
  return { ...about, ...money, fillId: `f ${clientOrderId}` };
}
