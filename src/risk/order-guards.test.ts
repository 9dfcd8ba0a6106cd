import { expect, test } from "vitest";
import { barsFrom, make, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask, marketOrder, sliceAt } from "../../test/risk-harness.ts";
import type { OrderId, OrderTerms } from "../domain/order.ts";
import type { RiskRule } from "../ports/risk.ts";
import { buyingPower } from "./buying-power.ts";
import { duplicateOrder } from "./duplicate-order.ts";
import { orderRate } from "./order-rate.ts";
import { orderSize } from "./order-size.ts";
import { priceCollar } from "./price-collar.ts";
import { tradingState } from "./trading-state.ts";

// One order at a time, before it goes.

test("a price beyond the collar is refused on either side, whatever kind of price it is", () => {
  const rule = make(priceCollar, { limit: 0.1 });
  const portfolio = testPortfolio(10_000, [[0, 100]]);
  const says = (terms: OrderTerms) => ask(rule, { portfolio, terms }).kind;
  expect(says({ type: "market" })).toBe("approve");
  expect(says({ type: "limit", limitPrice: 110 })).toBe("approve");
  expect(says({ type: "limit", limitPrice: 110.1 })).toBe("refuse");
  expect(says({ type: "limit", limitPrice: 89.9 })).toBe("refuse");
  expect(says({ type: "stop_market", stopPrice: 111 })).toBe("refuse");
  expect(says({ type: "stop_limit", stopPrice: 105, limitPrice: 1_050 })).toBe("refuse");
  expect(says({ type: "limit_if_touched", triggerPrice: 9, limitPrice: 95 })).toBe("refuse");
});

test("where no last price is known, no price is near it", () => {
  const rule = make(priceCollar);
  expect(ask(rule, { terms: { type: "limit", limitPrice: 100 } }).kind).toBe("refuse");
});

test("an order has at most so many units, and at most a multiple of what usually trades in a bar", () => {
  expect(ask(make(orderSize, { units: 5 }), { quantity: 5 }).kind).toBe("approve");
  expect(ask(make(orderSize, { units: 5 }), { quantity: 6 })).toMatchObject({ limit: 5, value: 6 });
  const bars = barsFrom([30, 10, 20].map((volume) => [9, 9, 9, 9, volume]));
  const rule = make(orderSize, { volumeShare: 2, volumeBars: 2 }, testTools([bars]));
  for (let row = 0; row < 3; row++) rule.observe!(sliceAt(bars.closeTimeMs[row]!, row), testPortfolio(1));
  // The mean of the last two bars is 15.
  expect(ask(rule, { quantity: 30 }).kind).toBe("approve");
  expect(ask(rule, { quantity: 31 }).kind).toBe("refuse");
});

/** Asks for an order and lets it go when the rule lets it. */
function send(rule: RiskRule, timeMs: number, id = 1, quantity = 1): string {
  const verdict = ask(rule, { timeMs, id, quantity });
  if (verdict.kind === "approve") rule.passed!(marketOrder({ id: id as OrderId, quantity }), timeMs);
  return verdict.kind;
}

test("so many orders go in any span, and the span slides", () => {
  const rule = make(orderRate, { limit: 3, spanMs: 1_000 });
  expect([0, 400, 900].map((timeMs) => send(rule, timeMs))).toEqual(["approve", "approve", "approve"]);
  expect(send(rule, 999)).toBe("refuse");
  // The first has left the span: one more fits, and not two.
  expect(send(rule, 1_000)).toBe("approve");
  expect(send(rule, 1_399)).toBe("refuse");
  expect(ask(rule, { timeMs: 1_399 })).toMatchObject({ limit: 3, value: 4 });
  expect(send(rule, 1_400)).toBe("approve");
});

test("an order that was refused is not counted", () => {
  const rule = make(orderRate, { limit: 1, spanMs: 1_000 });
  send(rule, 0);
  for (let timeMs = 1; timeMs < 1_000; timeMs += 100) expect(send(rule, timeMs)).toBe("refuse");
  expect(send(rule, 1_000)).toBe("approve");
});

test("the same order under another number is refused within a moment, another order is not", () => {
  const rule = make(duplicateOrder, { spanMs: 1_000 });
  expect(send(rule, 0, 1)).toBe("approve");
  expect(send(rule, 500, 2)).toBe("refuse");
  expect(send(rule, 500, 3, 2)).toBe("approve");
  expect(send(rule, 1_001, 4)).toBe("approve");
});

test("margin is tied up by everything held and on its way, and a share of equity stays free", () => {
  const portfolio = testPortfolio(5_000, [
    [0, 100],
    [50, 100],
  ]);
  // Equity 10,000, half of each value is margin, a tenth stays free: 9,000 carry 18,000, and 5,000 of that are held.
  const rule = make(buyingPower, { margin: 0.5, reserve: 0.1 });
  expect(ask(rule, { portfolio, quantity: 130 }).kind).toBe("approve");
  expect(ask(rule, { portfolio, quantity: 150 })).toMatchObject({
    kind: "refuse",
    value: 1,
    limit: 0.9,
    quantityMax: 130,
  });
  const short = make(buyingPower, { margin: 0.5, shortMargin: 1.5 });
  expect(ask(short, { portfolio, side: "sell", quantity: 50 }).kind).toBe("approve");
  expect(ask(short, { portfolio, side: "sell", quantity: 51 }).kind).toBe("refuse");
});

test("what the kill switch says becomes the reason of a refusal", () => {
  const told = { state: "active" as "active" | "halted", reason: "" };
  const rule = make(tradingState, {}, { ...testTools(), tradingState: () => told });
  expect(rule.observe!(sliceAt(0), testPortfolio(1)).kind).toBe("clear");
  told.state = "halted";
  told.reason = "person: looks wrong";
  expect(rule.observe!(sliceAt(0), testPortfolio(1))).toMatchObject({
    kind: "pause",
    reason: "trading is halted (person: looks wrong)",
  });
  expect(make(tradingState).observe!(sliceAt(0), testPortfolio(1)).kind).toBe("clear");
});
