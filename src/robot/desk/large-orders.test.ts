import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder, ExecutionReport } from "../../domain/order.ts";
import type { VenueInstrument } from "../../ports/broker-connection.ts";
import { OrderDesk } from "./order-desk.ts";

const instrument = { index: 0, symbol: "A", quoteCurrency: "USD", tickSize: 0.01, lotSize: 1 } as Instrument;
const rule = { symbol: "A", tickSize: 0.01, lotSize: 1, quantityMax: 10.5 } as VenueInstrument;

/** A desk at a venue that takes no more than ten at once. */
function deskOf() {
  const bars = new BarTable("A", "1m");
  const desk = new OrderDesk("s", { instruments: [instrument], bars: [bars] }, everything);
  desk.hear({ kind: "instruments", atMs: 0, instruments: [rule] });
  let fills = 0;
  const reports: ExecutionReport[] = [];
  /** Sends what is not sent, and fills it by so much; what was sent. */
  const fill = (most = Infinity): string => {
    const ticket = desk.livingTickets().at(-1)!;
    const { request, orderId } = ticket;
    if (ticket.phase === "unsent") desk.hear({ kind: "intent", atMs: 1, errand: "submit", orderId, request });
    const quantity = Math.min(request.quantity - ticket.filled, most);
    const about = { venueOrderId: `v${request.clientOrderId}`, venueTimeMs: 2, receivedAtMs: 2 };
    const money = { price: 100, fee: 0, feeCurrency: "USD", liquidity: "taker" } as const;
    desk.hear({
      kind: "fill",
      atMs: 2,
      fill: { ...request, ...about, ...money, quantity, fillId: `f${(fills += 1)}` },
    });
    reports.push(...desk.advance({ timeMs: 2, count: 0, instruments: [], rows: [] } as never));
    return `${request.clientOrderId} ${request.side} ${request.quantity}`;
  };
  return { desk, fill, reports };
}

const ends = (reports: readonly ExecutionReport[]) =>
  reports.filter((report) => report.kind !== "accepted" && !(report.kind === "filled" && !report.isComplete));

test("an order that is larger than the venue takes goes in parts, one after the other, and is told as one", () => {
  const { desk, fill, reports } = deskOf();
  desk.submit(marketOrder({ id: 1 as never, quantity: 24 }) as ApprovedOrder);
  expect([fill(4), fill(), fill(), fill()]).toEqual([
    "so1 buy 10",
    "so1 buy 10",
    "so1p1 buy 10",
    "so1p2 buy 4",
  ]);
  expect(desk.livingTickets()).toEqual([]);
  expect([desk.state.position[0], ends(reports).map(({ kind }) => kind)]).toEqual([24, ["filled"]]);
  const exit = marketOrder({ id: 2 as never, side: "sell", quantity: 24, reduceOnly: true }) as ApprovedOrder;
  desk.submit(exit);
  expect([fill(), fill(), fill()]).toEqual(["so2 sell 10", "so2p1 sell 10", "so2p2 sell 4"]);
  expect([desk.state.position[0], ends(reports).map(({ kind }) => kind)]).toEqual([0, ["filled", "filled"]]);
});

test("what is taken back between two parts brings no more of them", () => {
  const { desk, fill, reports } = deskOf();
  const order = marketOrder({ id: 1 as never, quantity: 24 }) as ApprovedOrder;
  desk.submit(order);
  fill();
  desk.cancel(order);
  expect(desk.livingTickets()).toEqual([]);
  reports.push(...desk.advance({ timeMs: 3, count: 0, instruments: [], rows: [] } as never));
  expect(ends(reports)).toMatchObject([{ kind: "canceled", cumulativeQuantity: 10 }]);
});
