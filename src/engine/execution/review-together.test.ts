import fc from "fast-check";
import { expect, test } from "vitest";
import { ExecutionDesk } from "../../../test/execution-desk.ts";
import { barsFrom, make } from "../../../test/plugin-tools.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { roundsOf } from "../../../test/rounds.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import { signOf, type OrderId, type OrderRequest } from "../../domain/order.ts";
import { grossExposure } from "../../risk/gross-exposure.ts";
import { emptyPlan } from "./plan.ts";
import { RiskGate } from "./risk-gate.ts";

const count = 4;
const price = 100;

/** A market: what is held, how much of that goes, or how much more is wanted on which side. */
const market = fc.record({
  held: fc.integer({ min: -20, max: 20 }),
  wish: fc.constantFrom("less", "more", "turn", "nothing"),
  quantity: fc.integer({ min: 1, max: 60 }),
});
const markets = fc.array(market, { minLength: count, maxLength: count });
type Market = typeof market extends fc.Arbitrary<infer T> ? T : never;

/** Orders on what is held: those that make it smaller can do nothing else. */
function ordersOf(given: readonly Market[]): readonly OrderRequest[] {
  return given.flatMap(({ held, wish, quantity }, k) => {
    const reduces = wish === "less";
    if (wish === "nothing" || (held === 0 && reduces)) return [];
    const isLong = held >= 0;
    return [
      marketOrder({
        id: (1_000 + k) as OrderId,
        instrument: k as InstrumentIndex,
        side: isLong === (wish === "more") ? "buy" : "sell",
        quantity: reduces ? Math.min(quantity, Math.abs(held)) : quantity,
        reduceOnly: reduces,
      }),
    ];
  });
}

/** What passes of the orders of an account of 10,000 whose positions may be worth so many times that, by instrument. */
function passed(given: readonly Market[], orders: readonly OrderRequest[], limit: number) {
  const desk = new ExecutionDesk({}, count);
  given.forEach(({ held }, k) => {
    desk.decide(held, { instrument: k as InstrumentIndex });
    for (const { id } of desk.plan().orders) desk.fill(id);
  });
  const rule = make(grossExposure, { limit });
  const { instruments, portfolio, tracker } = desk;
  const bars = instruments.map(() => barsFrom([[price, price, price, price]]));
  const gate = new RiskGate({ instruments, bars }, () => [{ name: "gross-exposure", rule }]);
  const { approved } = gate.review({ ...emptyPlan(), orders: [...orders] }, portfolio, tracker, 0);
  const by = given.map((_, k) => approved.find(({ instrument }) => instrument === k)?.quantity ?? 0);
  const after = given.map(({ held }, k) => {
    const order = orders.find(({ instrument }) => instrument === k);
    return held + (order === undefined ? 0 : signOf(order.side) * by[k]!);
  });
  return { by, gross: after.reduce((sum, quantity) => sum + Math.abs(quantity) * price, 0) };
}

const rounds = { numRuns: roundsOf(150, 40), seed: 20_261_201 };

test("whatever is wanted together, what reduces passes whole, nothing passes that was not wanted, and no limit is passed", () => {
  fc.assert(
    fc.property(markets, fc.integer({ min: 2, max: 60 }), (given, tenths) => {
      const orders = ordersOf(given);
      const { by, gross } = passed(given, orders, tenths / 10);
      // Who is above the limit already may stay there, but for what he closes.
      const least = given.reduce((sum, { held }, k) => {
        const order = orders.find(({ instrument }) => instrument === k);
        const isCloser = order !== undefined && signOf(order.side) * held < 0;
        return sum + Math.max(0, Math.abs(held) - (isCloser ? order.quantity : 0)) * price;
      }, 0);
      expect(gross).toBeLessThanOrEqual(Math.max(least, tenths * 1_000) + 1e-6);
      for (const { instrument, quantity, side, reduceOnly } of orders) {
        const { held } = given[instrument]!;
        const closing = signOf(side) * held < 0 ? Math.min(quantity, Math.abs(held)) : 0;
        expect(by[instrument]).toBeLessThanOrEqual(quantity);
        expect(by[instrument]).toBeGreaterThanOrEqual(reduceOnly ? quantity : closing);
      }
    }),
    rounds,
  );
});

test("where there is room nothing is made smaller, and where there is not, less than a lot of each is left over", () => {
  fc.assert(
    fc.property(markets, fc.integer({ min: 2, max: 60 }), (turning, tenths) => {
      const given = turning.map((one) => (one.wish === "turn" ? ({ ...one, wish: "more" } as const) : one));
      const orders = ordersOf(given);
      const wide = passed(given, orders, 10);
      for (const { instrument, quantity } of orders) expect(wide.by[instrument]).toBe(quantity);
      const { gross } = passed(given, orders, tenths / 10);
      if (gross < wide.gross) expect(gross).toBeGreaterThan(tenths * 1_000 - count * price);
    }),
    rounds,
  );
});
