import { expect, test } from "vitest";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder, OrderRequest } from "../../domain/order.ts";
import { OrderDesk } from "../desk/order-desk.ts";
import { denialOf } from "./check-request.ts";

/** Why an order does not leave where the last price is 100 and nothing may open further than 5 % from it. */
function denied(change: Partial<OrderRequest>, lotSize = 1): string | undefined {
  const instrument = {
    index: 0,
    symbol: "A",
    quoteCurrency: "USD",
    tickSize: 0.01,
    lotSize,
  } as Instrument;
  const bars = new BarTable("A", "1h");
  bars.append(1, 104, 104, 99, 100, 1);
  const desk = new OrderDesk("s", { instruments: [instrument], bars: [bars] }, everything);
  const rule = { lotSize, tickSize: 0.01, quantityMin: 1, notionalMin: 0, contractMultiplier: 1 };
  const instruments = [{ ...rule, symbol: "A", isTradable: true, canShort: true } as never];
  desk.hear({ kind: "instruments", atMs: 0, instruments });
  desk.submit(marketOrder({ id: 1 as never, quantity: 1, ...change }) as ApprovedOrder);
  const ticket = desk.ticketOf("so1")!;
  return denialOf(desk.state, ticket, ticket.request, { state: "active", reason: "" }, 0.05)?.code;
}

test("an order whose price has come to lie too far from the market while it waited does not open anything", () => {
  expect(denied({ terms: { type: "limit", limitPrice: 106 } })).toBe("price_band");
  expect(denied({ terms: { type: "limit", limitPrice: 105 } })).toBeUndefined();
  expect(denied({ terms: { type: "stop_limit", stopPrice: 101, limitPrice: 94 } })).toBe("price_band");
  expect(denied({})).toBeUndefined();
});

test("a quantity that is no whole number of lots does not leave, however small a lot is beside it", () => {
  expect(denied({ quantity: 1.5 })).toBe("lot_size");
  expect(denied({ quantity: 99.58070430075 }, 1e-8)).toBe("lot_size");
  expect(denied({ quantity: 99.5807043 }, 1e-8)).toBeUndefined();
  expect(denied({ quantity: 0.1 + 0.2 + 1 }, 0.1)).toBeUndefined();
});
