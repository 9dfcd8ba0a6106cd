import { expect, test } from "vitest";
import { barsFrom, make, testInstrument, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask, marketOrder, sliceAt } from "../../test/risk-harness.ts";
import type { OrderId, OrderTerms } from "../domain/order.ts";
import type { RiskRule } from "../ports/risk.ts";
import { buyingPower } from "./buying-power.ts";
import { fits } from "./fits.ts";
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

test("what goes at the same instant counts as well, with whatever has gone in the span before it", () => {
  const rule = make(orderRate, { limit: 3, spanMs: 1_000 });
  const at = (timeMs: number, ordersBefore: number) => ask(rule, { timeMs, ordersBefore });
  expect([0, 1, 2, 3, 4].map((count) => at(0, count).kind === "approve")).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  send(rule, 0);
  expect([at(999, 1).kind, at(1_000, 2).kind]).toEqual(["approve", "approve"]);
  expect(at(999, 2)).toMatchObject({ kind: "refuse", limit: 3, value: 4 });
  expect(at(1_000, 3)).toMatchObject({ kind: "refuse", limit: 3, value: 4 });
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

test("a collar of nothing lets only the last price through, and a limit of nothing only nothing", () => {
  const portfolio = testPortfolio(10_000, [[0, 100]]);
  const says = (limitPrice: number) =>
    ask(make(priceCollar, { limit: 0 }), { portfolio, terms: { type: "limit", limitPrice } }).kind;
  expect([says(100), says(100.01), says(99.99)]).toEqual(["approve", "refuse", "refuse"]);
  expect([fits(0, 0), fits(1, 1), fits(1 + 1e-12, 1), fits(1.001, 1), fits(-1, 0)]).toEqual([
    true,
    true,
    true,
    false,
    true,
  ]);
});

test("with no orders allowed none goes, and nothing is kept of what goes all the same", () => {
  const rule = make(orderRate, { limit: 0, spanMs: 1_000 });
  expect(ask(rule, { timeMs: 1e9 })).toMatchObject({ kind: "refuse", limit: 0, value: 1 });
  rule.passed!(marketOrder(), 1e9);
  expect(ask(rule, { timeMs: 2e9 }).kind).toBe("refuse");
});

test("orders in the same span are counted without those that have just left it", () => {
  const rule = make(orderRate, { limit: 2, spanMs: 1_000 });
  send(rule, 0);
  send(rule, 500);
  expect(ask(rule, { timeMs: 999 })).toMatchObject({ value: 3 });
  send(rule, 1_000);
  expect(ask(rule, { timeMs: 1_499 })).toMatchObject({ value: 3 });
});

test("a doubled order is one within the moment to the millisecond, of the same symbol, side, size and prices", () => {
  const rule = make(duplicateOrder, { spanMs: 1_000 });
  rule.passed!(marketOrder({ id: 1 as OrderId }), 0);
  expect(ask(rule, { id: 2, timeMs: 1_000 })).toMatchObject({ kind: "refuse", limit: 1_000, value: 1_000 });
  for (const other of [
    { side: "sell" },
    { quantity: 2 },
    { terms: { type: "limit", limitPrice: 9 } },
  ] as const)
    expect(ask(rule, { id: 2, timeMs: 1_000, ...other }).kind).toBe("approve");
  expect(ask(rule, { id: 2, timeMs: 1_000, instrument: testInstrument(1) }).kind).toBe("approve");
  // The same number again is that very order.
  expect(ask(rule, { id: 1, timeMs: 1_000 }).kind).toBe("approve");
  expect(ask(rule, { id: 2, timeMs: 1_001 }).kind).toBe("approve");
});

test("without volumes nothing is said of a share of them, and a share of nothing allows nothing", () => {
  const silent = barsFrom([[9, 9, 9, 9, 0]]);
  const rule = make(orderSize, { volumeShare: 1 }, testTools([silent]));
  expect(ask(rule, { quantity: 1e6 }).kind).toBe("approve");
  rule.observe!(sliceAt(silent.closeTimeMs[0]!, 0), testPortfolio(1));
  expect(ask(rule, { quantity: 1e6 }).kind).toBe("approve");
  const bars = barsFrom([[9, 9, 9, 9, 10]]);
  const none = make(orderSize, { volumeShare: 0 }, testTools([bars]));
  none.observe!(sliceAt(bars.closeTimeMs[0]!, 0), testPortfolio(1));
  expect(ask(none, { quantity: 1 })).toMatchObject({ kind: "refuse", limit: 0, value: 0.1 });
  expect(ask(make(orderSize, { units: 0 }), { quantity: 1 })).toMatchObject({ kind: "refuse", limit: 0 });
});

test("an order is held against the bars that have come, and against nothing where no limit is set", () => {
  const bars = barsFrom([[9, 9, 9, 9, 10]]);
  const early = make(orderSize, { volumeShare: 1 }, testTools([bars]));
  expect(ask(early, { quantity: 1e6 }).kind).toBe("approve");
  const free = make(orderSize, {}, testTools([bars]));
  for (const rule of [early, free]) rule.observe!(sliceAt(bars.closeTimeMs[0]!, 0), testPortfolio(1));
  expect([early, free].map((rule) => ask(rule, { quantity: 1e6 }).kind)).toEqual(["refuse", "approve"]);
});

test("what went at any time of the clock is remembered for its moment", () => {
  const rule = make(duplicateOrder, { spanMs: 1_000 });
  rule.passed!(marketOrder({ id: 1 as OrderId }), 1e12);
  expect(ask(rule, { id: 2, timeMs: 1e12 + 1_000 })).toMatchObject({ kind: "refuse", value: 1_000 });
  expect(ask(rule, { id: 2, timeMs: 1e12 + 1_001 }).kind).toBe("approve");
});

test("margin is asked for on the side that the account would be on, and an account without equity opens nothing", () => {
  const rule = make(buyingPower, { margin: 0.5, shortMargin: 1 });
  const portfolio = testPortfolio(13_000, [
    [0, 100],
    [-30, 100],
  ]);
  // Equity 10,000; 3,000 of it are tied up by the short position.
  expect(ask(rule, { portfolio, quantity: 140 }).kind).toBe("approve");
  expect(ask(rule, { portfolio, quantity: 141 })).toMatchObject({ kind: "refuse", quantityMax: 140 });
  // What works of the other symbol counts instead of what is held.
  expect(ask(rule, { portfolio, quantity: 160, after: { 1: -20 } }).kind).toBe("approve");
  // A part of a unit is held long like any other.
  const dear = make(buyingPower, { margin: 0.5, shortMargin: 3 });
  expect(ask(dear, { portfolio: testPortfolio(20, [[0, 100]]), quantity: 0.4 }).kind).toBe("approve");
  expect(ask(rule, { portfolio: testPortfolio(0, [[0, 100]]), quantity: 1 })).toMatchObject({
    quantityMax: 0,
  });
  expect(ask(rule, { portfolio: testPortfolio(-500, [[0, 100]]), quantity: 1 })).toMatchObject({
    quantityMax: 0,
  });
});
