import { expect, test } from "vitest";
import { ManualClock } from "../../../test/fakes/manual-clock.ts";
import { silentLog } from "../../../test/fakes/still-venue.ts";
import { everything } from "../../../test/robot/plain-link.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Instrument } from "../../domain/instrument.ts";
import type { ApprovedOrder } from "../../domain/order.ts";
import type { VenueInstrument, VenueOrderRequest } from "../../ports/broker-connection.ts";
import { OrderDesk } from "../desk/order-desk.ts";
import { usualLimits } from "../limits.ts";
import { Patience } from "../patience.ts";
import type { CourierParts } from "./courier-parts.ts";
import { Courier } from "./courier.ts";

const symbols = ["A", "B", "C"];
const instruments = symbols.map(
  (symbol, index) => ({ index, symbol, quoteCurrency: "USD", tickSize: 0.01, lotSize: 1 }) as Instrument,
);
const rules = symbols.map(
  (symbol) =>
    ({
      symbol,
      tickSize: 0.01,
      lotSize: 1,
      quantityMin: 1,
      notionalMin: 0,
      contractMultiplier: 1,
    }) as VenueInstrument,
);

test("where turns are few an exit does not stand behind what opens", async () => {
  const clock = new ManualClock(0);
  const bars = symbols.map((symbol) => new BarTable(symbol, "1m"));
  for (const table of bars) table.append(0, 100, 100, 100, 100, 1);
  const desk = new OrderDesk("s", { instruments, bars }, everything);
  desk.hear({
    kind: "instruments",
    atMs: 0,
    instruments: rules.map((rule) => ({ ...rule, isTradable: true, canShort: true })),
  });
  desk.hear({ kind: "holding", atMs: 0, symbol: "C", quantity: 5, averagePrice: 100 });
  desk.advance({ timeMs: 0, count: 0, instruments: [], rows: [] } as never);
  const sent: VenueOrderRequest[] = [];
  const submit = async (order: VenueOrderRequest) => {
    sent.push(order);
    return { kind: "accepted", venueOrderId: `v${order.clientOrderId}`, venueTimeMs: 0 } as const;
  };
  const parts = {
    connection: { capabilities: everything, line: { kind: "live", atMs: 0 }, submit },
    clock,
    desk,
    journal: { append() {}, sync() {} },
    limits: { ...usualLimits, sends: { count: 1, spanMs: 1_000 } },
    lock: null,
    counts: { sent: 0, refusedHere: 0, refusedByVenue: 0, unknown: 0, resent: 0 },
    missing: () => 5,
    tradingState: () => ({ state: "active", reason: "" }),
    patience: new Patience(clock, 5_000),
    log: silentLog,
    hear() {},
    say() {},
    fail: (error: unknown) => expect.fail(String(error)),
  } as unknown as CourierParts;
  const courier = new Courier(parts);
  for (const [k, side] of (["buy", "buy", "sell"] as const).entries())
    desk.submit(
      marketOrder({
        id: (k + 1) as never,
        instrument: k as never,
        side,
        quantity: 5,
        reduceOnly: side === "sell",
      }) as ApprovedOrder,
    );
  courier.open();
  await clock.advance(2_500);
  expect(sent.map(({ symbol }) => symbol)).toEqual(["C", "A", "B"]);
  courier.close();
});
