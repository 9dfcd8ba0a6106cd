import { expect, test } from "vitest";
import { eventsOf, plainAccount, runScript } from "../../../test/scripted-run.ts";
import type { OrderTerms } from "../../domain/order.ts";
import { sameTerms } from "./draft-order.ts";

test("a reversal that waits for its price is two orders: one that can only close, and one that opens", () => {
  const session = runScript({ 1: [1], 3: [-1, { entry: { kind: "limit", price: 110 } }] }, [
    100,
    100,
    100,
    100,
    [100, 111, 100, 105],
    105,
  ]);
  const orders = eventsOf(session).filter((line) => / (order|fill) /.test(line));
  // 1,000 at 110 are nine units. Held are ten: whichever fills first, the other one cannot open more than is wanted.
  expect(orders).toEqual([
    "1 order 10 script",
    "2 fill 10@100 taker",
    "3 order -10 script",
    "3 order -9 script",
    "5 fill -10@110 maker",
    "5 fill -9@110 maker",
  ]);
});

test("a trade has the side on which it was", () => {
  const sideOf = (weight: number) =>
    runScript({ 1: [weight], 3: [0] }, [100, 100, 100, 110, 110]).portfolio.trades.closed.map(
      ({ side, pnl }) => [side, pnl],
    );
  // Ten units at 100, out at 110.
  expect(sideOf(1)).toEqual([["long", 100]]);
  expect(sideOf(-1)).toEqual([["short", -100]]);
});

test("orders that trail wait for the same thing when their distance is the same, in its kind and in its size", () => {
  const trailing = (trail: Extract<OrderTerms, { type: "trailing_stop_market" }>["trail"]): OrderTerms => ({
    type: "trailing_stop_market",
    trail,
  });
  const fraction = (share: number) => trailing({ kind: "fraction", fraction: share });
  const amount = (distance: number) => trailing({ kind: "amount", amount: distance });
  expect(sameTerms(fraction(0.02), fraction(0.02))).toBe(true);
  expect(sameTerms(fraction(0.02), fraction(0.03))).toBe(false);
  expect(sameTerms(amount(2), amount(2))).toBe(true);
  expect(sameTerms(amount(2), amount(3))).toBe(false);
  expect(sameTerms(amount(0.02), fraction(0.02))).toBe(false);
});

test("a pause withdraws entries that wait for their price, and keeps what is held", () => {
  const halt = { use: "daily-loss-halt", limit: 0.1, action: "pause" };
  const config = { ...plainAccount, risk: { rules: [halt] } };
  const script = { 1: [1], 2: [3, { entry: { kind: "limit", price: 50 } }] } as const;
  // A fall of a fifth trips the halt while the entry waits at 50, which the bar after it reaches.
  const session = runScript(script, [100, 100, [100, 100, 80, 80], [80, 80, 50, 60], 60], config);
  const lines = eventsOf(session).filter((line) => / (fill|canceled) /.test(line));
  expect(lines.filter((line) => line.includes(" fill "))).toHaveLength(1);
  expect(lines.some((line) => line.includes("canceled"))).toBe(true);
  expect(session.portfolio.ledger.quantity[0]).toBe(10);
});
