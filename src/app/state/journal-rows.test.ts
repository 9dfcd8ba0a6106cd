import { expect, test } from "vitest";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Fill, OrderId, OrderRequest } from "../../domain/order.ts";
import type { JournalRecord } from "../../ports/journal-store.ts";
import { journalFacts } from "./journal-rows.ts";

const orderOf = (id: number, more: Partial<OrderRequest> = {}): OrderRequest => ({
  id: id as OrderId,
  instrument: 1 as InstrumentIndex,
  side: "sell",
  quantity: 3,
  terms: { type: "limit", limitPrice: 20 },
  timeInForce: "gtc",
  expireTimeMs: Infinity,
  postOnly: false,
  reduceOnly: false,
  closePosition: false,
  parentId: null,
  ocoGroup: 0,
  weightAtFill: null,
  requestedMs: 10,
  reason: "too dear",
  ...more,
});
const fillOf = (fillId: number, orderId: number, quantity: number): Fill => ({
  fillId,
  orderId: orderId as OrderId,
  instrument: 1 as InstrumentIndex,
  side: "sell",
  quantity,
  cumulativeQuantity: quantity,
  price: 20,
  fee: 0.1,
  slippageCost: 0,
  liquidity: "maker",
  timeMs: 30,
});
const slice = (
  ...reports: Extract<JournalRecord, { kind: "slice" }>["reports"][number][]
): JournalRecord => ({ kind: "slice", timeMs: 40, isStale: false, bars: [], reports });

test("orders have their newest terms, their names at the venue, what was filled once, and their end", () => {
  const facts = journalFacts([
    {
      kind: "session",
      sessionId: "s",
      symbols: ["A", "B"],
      historyRows: [0, 0],
      strategy: "x",
      settingsHash: "",
      accountName: "DEMO",
      cash: 500,
      venueTimeMs: 0,
    },
    { kind: "order", order: orderOf(1) },
    {
      kind: "order",
      order: orderOf(2, { terms: { type: "stop_market", stopPrice: 9 }, closePosition: true }),
    },
    { kind: "order", order: orderOf(3, { terms: { type: "market" } }) },
    { kind: "change", order: orderOf(1, { quantity: 5 }) },
    {
      kind: "intent",
      atMs: 11,
      errand: "submit",
      orderId: 1 as OrderId,
      request: { clientOrderId: "k-1" } as never,
    },
    slice(
      { kind: "accepted", orderId: 1 as OrderId, timeMs: 12 },
      { kind: "filled", fill: fillOf(7, 1, 2), isComplete: false },
      // The same execution, told again.
      { kind: "filled", fill: fillOf(7, 1, 2), isComplete: false },
      {
        kind: "rejected",
        orderId: 3 as OrderId,
        timeMs: 13,
        cumulativeQuantity: 0,
        code: "buying_power",
        reason: "no money",
      },
      // After its end a venue may say what it likes.
      { kind: "accepted", orderId: 3 as OrderId, timeMs: 14 },
    ),
    { kind: "cancel", orderId: 1 as OrderId },
    { kind: "incident", atMs: 50, what: "line down", message: "the line is down" },
    { kind: "trading", atMs: 60, state: "halted", reason: "a person" },
  ]);
  expect(facts.cash).toBe(500);
  expect(
    facts.orders.map((one) => [
      one.orderId,
      one.symbol,
      one.type,
      one.price,
      one.quantity,
      one.filledQuantity,
    ]),
  ).toEqual([
    [1, "B", "limit", 20, 5, 2],
    [2, "B", "stop_market", 9, 3, 0],
    [3, "B", "market", null, 3, 0],
  ]);
  expect(
    facts.orders.map((one) => [one.status, one.clientOrderIds, one.isProtection, one.endReason]),
  ).toEqual([
    ["cancel_pending", '["k-1"]', 0, null],
    ["submitted", "[]", 1, null],
    ["rejected", "[]", 0, "no money"],
  ]);
  expect(facts.fills).toMatchObject([{ orderId: 1, symbol: "B", quantity: -2, price: 20, fee: 0.1 }]);
  expect(facts.events).toEqual([
    { atMs: 50, kind: "incident", what: "line down", message: "the line is down" },
    { atMs: 60, kind: "trading", what: "halted", message: "a person" },
  ]);
});

test("an order that fills to the end while its cancel is underway is filled, and one that may not be canceled works on", () => {
  const facts = journalFacts([
    { kind: "order", order: orderOf(1) },
    { kind: "order", order: orderOf(2) },
    { kind: "cancel", orderId: 1 as OrderId },
    { kind: "cancel", orderId: 2 as OrderId },
    slice(
      { kind: "filled", fill: fillOf(1, 1, 3), isComplete: true },
      { kind: "cancel_rejected", orderId: 2 as OrderId, timeMs: 20, code: "other", reason: "busy" },
    ),
  ]);
  expect(facts.orders.map(({ status }) => status)).toEqual(["filled", "accepted"]);
});
