import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder } from "../../domain/order.ts";
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
