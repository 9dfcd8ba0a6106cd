import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder } from "../../domain/order.ts";
import type { VenueFill } from "../../ports/broker-connection.ts";
import { OrderDesk } from "./order-desk.ts";
import { besides } from "./wanted-quantity.ts";

const market = {
  instruments: [
    {
      index: 0,
      symbol: "A",
      quoteCurrency: "USD",
      tickSize: 0.01,
      lotSize: 1,
      contractMultiplier: 1,
    } as Instrument,
  ],
  bars: [new BarTable("A", "1m")],
};

/** A desk that holds 42, and a stop that only reduces it, of that size, which works at the venue. */
function holding(venue = everything): { readonly desk: OrderDesk; readonly stop: ApprovedOrder } {
  const desk = new OrderDesk("s", market, venue);
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

test.each([
  [false, 0],
  [true, 42 * 100 * 0.002],
])(
  "a fill whose fee is untold (%s) is booked with the fee that is expected, %d, and taken back with it",
  (isUntold, fee) => {
    const desk = new OrderDesk("s", market, everything);
    desk.state.expectedFee = (_, notional) => notional * 0.002;
    const entry = marketOrder({ id: 1 as never, quantity: 42 }) as ApprovedOrder;
    desk.submit(entry);
    const { request } = desk.ticketOf("so1")!;
    desk.hear({ kind: "intent", atMs: 1, errand: "submit", orderId: entry.id, request });
    const known = { ...filled("so1", 42), price: 100 };
    const fill: VenueFill = isUntold ? { ...known, isFeeUntold: true } : known;
    desk.hear({ kind: "fill", atMs: 2, fill });
    desk.hear({ kind: "fill", atMs: 3, fill: { ...fill, fillId: "back", takesBack: fill.fillId } });
    const told = desk.advance({ timeMs: 3, count: 0, instruments: [], rows: [] } as never);
    expect(told.flatMap((report) => (report.kind === "filled" ? [report.fill.fee] : []))).toEqual([
      fee,
      -fee,
    ]);
  },
);

test("news that is older than what was told before does not make a change look done", () => {
  const { desk, stop } = holding();
  desk.modify({ ...stop, quantity: 30 });
  const { asked } = desk.ticketOf("so2")!;
  desk.hear({ kind: "intent", atMs: 2, errand: "modify", orderId: stop.id, request: asked! });
  const about = {
    clientOrderId: "so2",
    venueOrderId: "v2",
    symbol: "A",
    side: "sell",
    terms: stop.terms,
  } as const;
  const state = { reduceOnly: true, filledQuantity: 0, status: "accepted", code: null, reason: "" } as const;
  const tell = (quantity: number, venueTimeMs: number) =>
    desk.hear({ kind: "told", atMs: 5, order: { ...about, ...state, quantity, venueTimeMs } });
  // Another change, which nobody waited for any more, came behind this one; and the news of this one came last.
  tell(12, 4);
  tell(30, 3);
  expect([desk.ticketOf("so2")!.asked?.quantity, desk.ticketOf("so2")!.request.quantity]).toEqual([30, 42]);
  tell(30, 5);
  expect([desk.ticketOf("so2")!.asked, desk.ticketOf("so2")!.request.quantity]).toEqual([null, 30]);
});

test.each([
  ["is changed again where it can only reduce", true, "modify"],
  ["is taken off and sent anew where it could open", false, "cancel"],
])("an exit whose last change never showed %s: that one may come after the next", (_, reduceOnly, errand) => {
  const { desk, stop } = holding({ ...everything, reduceOnly });
  const moved = { ...stop, terms: { type: "stop_market", stopPrice: 92 } } as const;
  desk.modify(moved);
  const { asked } = desk.ticketOf("so2")!;
  desk.hear({ kind: "intent", atMs: 2, errand: "modify", orderId: stop.id, request: asked! });
  const about = { clientOrderId: "so2", venueOrderId: "v2", symbol: "A", side: "sell", reduceOnly } as const;
  const state = { filledQuantity: 0, status: "accepted", code: null, reason: "" } as const;
  for (let k = 0; k < 5; k++) {
    const order = { ...about, ...state, terms: stop.terms, quantity: 42, venueTimeMs: 10_000 + k };
    desk.hear({ kind: "told", atMs: 10_000 * (k + 1), order });
  }
  expect(desk.ticketOf("so2")!.asked).toBeNull();
  desk.modify({ ...moved, quantity: 12 });
  expect(desk.ticketOf("so2")!.errand).toBe(errand);
});

test.each([
  ["is in it", 9, 45],
  ["came after it is booked", 11, 48],
])("a fill of an order that is over, told when a holding was adopted: what %s", (_, venueTimeMs, held) => {
  const { desk } = holding();
  desk.hear({ kind: "holding", atMs: 20, symbol: "A", quantity: 45, averagePrice: 95, venueTimeMs: 10 });
  desk.hear({ kind: "fill", atMs: 30, fill: { ...filled("so1", 3), fillId: "late", venueTimeMs } });
  expect(desk.state.position[0]).toBe(held);
});

test("beside what opens counts what else opens, and of what closes no more than is held", () => {
  const desk = new OrderDesk("s", market, everything);
  const sold = { ...marketOrder({ id: 1 as never, quantity: 30 }), side: "sell" } as ApprovedOrder;
  const exit = { ...sold, side: "buy", reduceOnly: true } as ApprovedOrder;
  const orders = [
    sold,
    { ...exit, id: 4 as never, quantity: 40, reduceOnly: false },
    { ...exit, id: 5 as never, quantity: 8, reduceOnly: false },
    { ...exit, id: 2 as never, quantity: 30 },
    { ...exit, id: 3 as never, quantity: 25 },
  ] as const;
  for (const order of orders) {
    desk.submit(order);
    const { request } = desk.ticketOf(`so${order.id}`)!;
    desk.hear({ kind: "intent", atMs: 1, errand: "submit", orderId: order.id, request });
    if (order === sold) desk.hear({ kind: "fill", atMs: 1, fill: { ...filled("so1", 30), side: "sell" } });
  }
  expect(besides(desk.state, desk.ticketOf("so4")!)).toBe(30 + 8);
  expect(besides(desk.state, desk.ticketOf("so5")!)).toBe(30 + 40);
});

function filled(clientOrderId: string, quantity: number): VenueFill {
  const about = { symbol: "A", side: "buy", quantity, clientOrderId, venueOrderId: "v1", price: 95 } as const;
  const money = { fee: 0, feeCurrency: "USD", liquidity: "taker", venueTimeMs: 2, receivedAtMs: 2 } as const;
  return { ...about, ...money, fillId: `f ${clientOrderId}` };
}
