import { expect, test } from "vitest";
import { testInstrument } from "../../test/plugin-tools.ts";
import { marketOrder } from "../../test/risk-harness.ts";
import type { OrderRequest, OrderTerms } from "../domain/order.ts";
import { orderFault } from "./check-order.ts";

const instrument = testInstrument(0, {
  tickSize: 0.05,
  lotSize: 0.1,
  notionalMin: 10,
  contractMultiplier: 2,
});

/** The word for what is wrong with an order while the last price is 5; null when nothing is. */
function fault(changes: Partial<OrderRequest>, on = instrument): string | null {
  return orderFault(marketOrder(changes), on, 5)?.code ?? null;
}

const limit = (limitPrice: number): OrderTerms => ({ type: "limit", limitPrice });
/** Every kind of order with one price in every one of its places, and one it may have in the others. */
const priced: readonly ((price: number) => OrderTerms)[] = [
  limit,
  (stopPrice) => ({ type: "stop_market", stopPrice }),
  (stopPrice) => ({ type: "stop_limit", stopPrice, limitPrice: 10 }),
  (limitPrice) => ({ type: "stop_limit", stopPrice: 10, limitPrice }),
  (triggerPrice) => ({ type: "market_if_touched", triggerPrice }),
  (triggerPrice) => ({ type: "limit_if_touched", triggerPrice, limitPrice: 10 }),
  (limitPrice) => ({ type: "limit_if_touched", triggerPrice: 10, limitPrice }),
];

test("a quantity is a number above nothing and below everything", () => {
  for (const quantity of [0, -1, Number.NaN, Infinity]) expect(fault({ quantity })).toBe("bad_number");
  expect(fault({ quantity: 0.1, terms: limit(100) })).toBeNull();
});

test("each price of each kind of order is a number on the tick", () => {
  for (const terms of priced) {
    expect(fault({ terms: terms(10.05) })).toBeNull();
    expect(fault({ terms: terms(Number.NaN) })).toBe("bad_number");
    expect(fault({ terms: terms(Infinity) })).toBe("bad_number");
    expect(fault({ terms: terms(10.06) })).toBe("tick_size");
    expect(fault({ terms: terms(10.06) }, { ...instrument, tickSize: 0 })).toBeNull();
  }
});

test("a trail has a distance above nothing, of either kind, and no tick", () => {
  const trail = (distance: number, kind: "amount" | "fraction"): Partial<OrderRequest> => ({
    terms: {
      type: "trailing_stop_market",
      trail: kind === "amount" ? { kind, amount: distance } : { kind, fraction: distance },
    },
  });
  for (const kind of ["amount", "fraction"] as const) {
    for (const wrong of [0, -0.01, Infinity, Number.NaN])
      expect(fault(trail(wrong, kind))).toBe("bad_number");
    expect(fault(trail(0.013, kind))).toBeNull();
  }
});

test("the last bits of a sum do not make a price miss its tick, nor does a large number of ticks", () => {
  const tenth = { ...instrument, tickSize: 0.1 };
  expect(fault({ terms: limit(0.1 + 0.2), quantity: 100 }, tenth)).toBeNull();
  expect(fault({ terms: limit(0.35), quantity: 100 }, tenth)).toBe("tick_size");
  expect(fault({ terms: limit(123_456_789_012.3) }, tenth)).toBeNull();
  expect(fault({ terms: limit(-123_456_789_012.3) }, tenth)).toBeNull();
});

test("times and weights are numbers where they are given", () => {
  expect(fault({ expireTimeMs: Number.NaN })).toBe("bad_number");
  expect(fault({ weightAtFill: Number.NaN })).toBe("bad_number");
  expect(fault({ weightAtFill: 0.5 })).toBeNull();
});

test("quantities are whole lots, and only what closes may be an odd one, however small", () => {
  expect(fault({ quantity: 1.3 })).toBeNull();
  expect(fault({ quantity: 1.35 })).toBe("lot_size");
  expect(fault({ quantity: 0.01, reduceOnly: true })).toBeNull();
});

test("the smallest order is worth exactly the venue's minimum, at the price that it names or at the last one", () => {
  // Two units in a contract: one unit at 5 is worth 10, 0.9 of it 9.
  expect(fault({ quantity: 1 })).toBeNull();
  expect(fault({ quantity: 0.9 })).toBe("notional_min");
  // Where the weight decides at the fill, the quantity says nothing yet.
  expect(fault({ quantity: 0.9, weightAtFill: 1 })).toBeNull();
  expect(fault({ quantity: 0.9 }, { ...instrument, notionalMin: 0 })).toBeNull();
  expect(fault({ quantity: 0.9 }, { ...instrument, notionalMin: 1 })).toBeNull();
  expect(fault({ quantity: 0.1 }, { ...instrument, notionalMin: 1, contractMultiplier: 1 })).toBe(
    "notional_min",
  );
  const own: readonly OrderTerms[] = [
    limit(50),
    { type: "stop_market", stopPrice: 50 },
    { type: "stop_limit", stopPrice: 1, limitPrice: 50 },
    { type: "market_if_touched", triggerPrice: 50 },
    { type: "limit_if_touched", triggerPrice: 1, limitPrice: 50 },
    // Oil was sold at minus 37 once.
    limit(-50),
  ];
  for (const terms of own) {
    expect(fault({ quantity: 0.1, terms })).toBeNull();
    expect(fault({ quantity: 0.1, terms }, { ...instrument, notionalMin: 10.01 })).toBe("notional_min");
  }
});

test("a symbol that the venue does not know is said to be so", () => {
  expect(orderFault(marketOrder(), undefined, 5)?.code).toBe("unknown_symbol");
});
