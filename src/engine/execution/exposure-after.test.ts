import fc from "fast-check";
import { expect, test } from "vitest";
import { ExecutionDesk } from "../../../test/execution-desk.ts";
import { marketOrder } from "../../../test/risk-harness.ts";
import { roundsOf } from "../../../test/rounds.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { OrderRequest } from "../../domain/order.ts";
import { ExposureAfter } from "./exposure-after.ts";
import { emptyPlan } from "./plan.ts";

const count = 3;

const order = fc
  .record({
    instrument: fc.nat(count - 1),
    side: fc.constantFrom("buy", "sell"),
    quantity: fc.double({ min: 0.1, max: 20, noNaN: true }),
  })
  .map(({ instrument, ...rest }) => marketOrder({ instrument: instrument as InstrumentIndex, ...rest }));
const orders = fc.array(order, { minLength: 2, maxLength: 6 });
const account = fc.record({
  held: fc.array(fc.integer({ min: -10, max: 10 }), { minLength: count, maxLength: count }),
  open: fc.array(order, { maxLength: 3 }),
});
const rounds = { numRuns: roundsOf(150, 40), seed: 20_261_201 };

/** An account that holds something at prices of 100, 110 and 120, with orders that work. */
function deskOf({
  held,
  open,
}: {
  readonly held: readonly number[];
  readonly open: readonly OrderRequest[];
}) {
  const desk = new ExecutionDesk({}, count);
  held.forEach((quantity, k) => {
    desk.decide(quantity, { instrument: k as InstrumentIndex });
    for (const { id } of desk.plan().orders) desk.fill(id);
    desk.portfolio.ledger.lastPrice[k] = 100 + 10 * k;
  });
  for (const { instrument, side, quantity } of open) desk.send({ instrument, side, quantity });
  return desk;
}

/** What orders are carried into; the account's own books are left alone. */
function exposureOf({ portfolio, tracker }: ExecutionDesk, carried: readonly OrderRequest[]): ExposureAfter {
  const exposure = new ExposureAfter(count);
  exposure.begin({ ...emptyPlan(), orders: [...carried] }, portfolio, tracker);
  return exposure;
}

/** The value of everything at the worst that open orders can make of it, summed the plain way. */
function grossOf({ portfolio, tracker }: ExecutionDesk, carried: readonly OrderRequest[]): number {
  return portfolio.bars.reduce((sum, _, k) => {
    const instrument = k as InstrumentIndex;
    const moves = carried.filter((one) => one.instrument === k);
    const now = moves.reduce(
      (quantity, one) => quantity + (one.side === "buy" ? one.quantity : -one.quantity),
      portfolio.ledger.quantity[k]!,
    );
    const most = Math.max(
      Math.abs(now + tracker.atRisk(instrument, "buy")),
      Math.abs(now - tracker.atRisk(instrument, "sell")),
    );
    return sum + most * portfolio.ledger.lastPrice[k]!;
  }, 0);
}

test("whether it is asked before, between or after the orders, the value of all positions is the sum of them", () => {
  fc.assert(
    fc.property(account, orders, (given, carried) => {
      const desk = deskOf(given);
      const [asked, late] = [exposureOf(desk, carried), exposureOf(desk, carried)];
      carried.forEach((one, k) => {
        expect(asked.grossOfAll()).toBeCloseTo(grossOf(desk, carried.slice(0, k)), 6);
        asked.carry(one);
        late.carry(one);
      });
      expect(asked.grossOfAll()).toBeCloseTo(grossOf(desk, carried), 6);
      expect(late.grossOfAll()).toBeCloseTo(grossOf(desk, carried), 6);
    }),
    rounds,
  );
});

test("what was only tried leaves no trace, to the last bit, and the next review begins anew", () => {
  const told = (exposure: ExposureAfter) => [
    exposure.grossOfAll(),
    ...Array.from({ length: count }, (_, k) => exposure.quantityOf(k as InstrumentIndex)),
  ];
  fc.assert(
    fc.property(account, orders, orders, fc.boolean(), (given, kept, tried, isAskedBefore) => {
      const desk = deskOf(given);
      const exposure = exposureOf(desk, [...kept, ...tried]);
      for (const one of kept) exposure.carry(one);
      // Whether the sum is known at the mark or not.
      const before = isAskedBefore ? told(exposure) : null;
      exposure.mark();
      for (let turn = 0; turn < 2; turn++) {
        for (const one of tried) exposure.carry(one);
        exposure.grossOfAll();
        exposure.rewind();
      }
      if (before !== null) expect(told(exposure)).toEqual(before);
      const other = exposureOf(desk, [...kept, ...tried]);
      for (const one of kept) other.carry(one);
      expect(told(exposure).slice(1)).toEqual(told(other).slice(1));
      expect(exposure.grossOfAll()).toBeCloseTo(other.grossOfAll(), 6);
      exposure.begin({ ...emptyPlan(), orders: tried }, desk.portfolio, desk.tracker);
      expect(told(exposure)).toEqual(told(exposureOf(desk, tried)));
    }),
    rounds,
  );
});

test("an order of a symbol that never had a price is nothing until it is held or ordered", () => {
  const desk = deskOf({ held: [5, 0, 0], open: [] });
  desk.portfolio.ledger.lastPrice[2] = Number.NaN;
  expect(exposureOf(desk, [marketOrder({ quantity: 1 })]).grossOfAll()).toBe(500);
});
