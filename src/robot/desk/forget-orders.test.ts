import { expect, test } from "vitest";
import { marketOrder } from "../../../test/risk-harness.ts";
import { everything } from "../../../test/robot/plain-link.ts";
import { BarTable } from "../../domain/bar-table.ts";
import { minuteMs } from "../../base/time.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder } from "../../domain/order.ts";
import type { VenueFill, VenueOrder } from "../../ports/broker-connection.ts";
import { OrderDesk } from "./order-desk.ts";

const market = {
  instruments: [{ index: 0, symbol: "A", quoteCurrency: "USD", tickSize: 0.01, lotSize: 1 } as Instrument],
  bars: [new BarTable("A", "1m")],
};

function fillOf(id: number): VenueFill {
  const clientOrderId = `so${id}`;
  const money = { price: 100, fee: 0, feeCurrency: "USD", liquidity: "taker" } as const;
  const atMs = id * 10 * minuteMs;
  return {
    ...money,
    fillId: `f${id}`,
    clientOrderId,
    venueOrderId: `v${id}`,
    symbol: "A",
    side: "buy",
    quantity: 1,
    venueTimeMs: atMs + 5,
    receivedAtMs: atMs + 5,
  } as VenueFill;
}

function toldOf(id: number, status: VenueOrder["status"]): VenueOrder {
  const { clientOrderId, venueOrderId, symbol, side, quantity, venueTimeMs } = fillOf(id);
  const filledQuantity = status === "filled" ? quantity : 0;
  const rest = { terms: { type: "market" }, reduceOnly: false, code: null, reason: "" } as const;
  return {
    clientOrderId,
    venueOrderId,
    symbol,
    side,
    quantity,
    filledQuantity,
    status,
    venueTimeMs,
    ...rest,
  };
}

/** An order every ten minutes, each filled at once; `change` makes some of them others. */
function deskAfter(count: number, change: (id: number) => Partial<ApprovedOrder> = () => ({})): OrderDesk {
  const desk = new OrderDesk("s", market, everything);
  for (let id = 1; id <= count; id++) {
    const order = {
      ...marketOrder({ id: id as never, quantity: 1, requestedMs: id * 10 * minuteMs }),
      ...change(id),
    };
    desk.submit(order as ApprovedOrder);
    const ticket = desk.ticketOf(`so${id}`);
    if (ticket === null) continue;
    desk.hear({
      kind: "intent",
      atMs: order.requestedMs,
      errand: "submit",
      orderId: order.id,
      request: ticket.request,
    });
    desk.hear({ kind: "fill", atMs: order.requestedMs + 5, fill: fillOf(id) });
    desk.advance({ timeMs: order.requestedMs + 5, count: 0, instruments: [], rows: [] } as never);
  }
  return desk;
}

test("a desk of four thousand orders holds what one of two thousand holds", () => {
  const sizes = [2_000, 4_000].map((count) => {
    const { works, tickets, ticketByVenueId, fillTimes, finished } = deskAfter(count).state;
    return [works, tickets, ticketByVenueId, fillTimes].map(({ size }) => size).concat(finished.length);
  });
  expect(sizes[1]).toEqual(sizes[0]);
  expect(Math.max(...sizes[1]!)).toBeLessThan(2_500);
});

test("what the venue tells again of an order that was forgotten is no news, and is booked no second time", () => {
  const desk = deskAfter(2_000);
  expect(desk.ticketOf("so10")).toBeNull();
  expect(desk.isNewFill(fillOf(10))).toBe(false);
  expect(desk.isNews(toldOf(10, "filled"))).toBe(false);
  const held = desk.state.position[0];
  desk.hear({ kind: "fill", atMs: desk.state.timeMs, fill: fillOf(10) });
  expect([desk.state.position[0], desk.hasAnswers]).toEqual([held, false]);
});

test("a fill that was forgotten and is taken back is said with what to do, and booked by nobody", () => {
  const desk = deskAfter(2_000);
  const said: string[] = [];
  desk.onIncident = ({ kind, message }) => said.push(`${kind}: ${message}`);
  const held = desk.state.position[0];
  // Some venues tell it with the time of the fill.
  const bust = { ...fillOf(10), fillId: "b10", takesBack: "f10" };
  expect(desk.isNewFill(bust)).toBe(true);
  desk.hear({ kind: "fill", atMs: desk.state.timeMs, fill: bust });
  expect(said).toEqual([
    expect.stringMatching(/^bust: .*f10 .*older than what this session remembers.*kiwi status/),
  ]);
  expect([desk.state.position[0], desk.state.blocked[0]]).toEqual([held, expect.stringContaining("f10")]);
  // A session that has forgotten nothing knows that it never had it.
  const young = deskAfter(3);
  young.onIncident = ({ kind }) => said.push(kind);
  young.hear({ kind: "fill", atMs: young.state.timeMs, fill: bust });
  expect([said.length, young.state.blocked[0]]).toEqual([1, null]);
});

test("an order that was forgotten and works at the venue all the same is said, and nothing is opened beside it", () => {
  const desk = deskAfter(2_000);
  const said: string[] = [];
  desk.onIncident = ({ kind }) => said.push(kind);
  expect(desk.isNews(toldOf(10, "accepted"))).toBe(true);
  desk.hear({ kind: "told", atMs: desk.state.timeMs, order: toldOf(10, "accepted") });
  expect(said).toEqual(["external order"]);
  expect(desk.state.blocked[0]).toContain("is in no journal");
});

test("the entry of a position that is held for months stays known for as long as its stop works", () => {
  const stop = {
    terms: { type: "stop_market", stopPrice: 50 },
    side: "sell",
    parentId: 1,
    closePosition: true,
  } as never;
  const desk = deskAfter(2_000, (id) => (id === 2 ? stop : {}));
  expect(desk.state.works.has(1 as never)).toBe(true);
  expect(desk.state.works.has(3 as never)).toBe(false);
});
