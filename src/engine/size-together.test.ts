import fc from "fast-check";
import { expect, test } from "vitest";
import type { Instrument, InstrumentIndex } from "../domain/instrument.ts";
import { unprotected } from "../domain/target.ts";
import { sizeTogether, type PortfolioLimits, type Sizable } from "./size-together.ts";

const limits: PortfolioLimits = { grossMax: 1, shareMax: Infinity, rebalanceBand: 0 };

function item(weight: number, unitValue: number, more: Partial<Sizable> = {}, lotSize = 1): Sizable {
  const index = 0 as InstrumentIndex;
  return {
    signal: { instrument: index, weight, reason: "", entry: { kind: "market" }, protection: unprotected },
    instrument: { index, lotSize } as Instrument,
    unitValue,
    notionalMin: 0,
    costRate: 0,
    held: 0,
    ...more,
  };
}

const quantities = (items: readonly Sizable[], equity = 1_000, kept = 0, own = limits) =>
  sizeTogether(items, equity, kept, own).map(({ quantity }) => quantity);

test("weights are shares of equity, rounded to whole lots toward zero", () => {
  // 300 / 7 = 42.86 and 200 / 9 = 22.2.
  expect(quantities([item(0.3, 7), item(-0.2, 9)])).toEqual([42, -22]);
});

test("where the sum is too large all weights shrink by one factor, and what nobody named keeps its part", () => {
  // 0.8 + 0.4 of 1000 with 400 kept: room for 600, a factor of one half.
  expect(quantities([item(0.8, 1), item(-0.4, 1)], 1_000, 400)).toEqual([400, -200]);
});

test("costs of selling and of buying are set aside", () => {
  // 10 units of 100 are sold and everything is bought elsewhere: 1 % of 1000 and 1 % of x: x = 990 / 1.01 = 980.198.
  const [sold, bought] = sizeTogether(
    [item(0, 100, { held: 10, costRate: 0.01 }), item(1, 1, { costRate: 0.01 }, 0.001)],
    1_000,
    0,
    limits,
  );
  expect(sold!.quantity).toBe(0);
  expect(bought!.quantity).toBeCloseTo(980.198, 2);
});

test("a holding within the band of its target stays, and the others share what it leaves", () => {
  // 550 are held where 500 are wanted: within 10 %. The other half would make 1050: it gets 450.
  const band = { ...limits, rebalanceBand: 0.1 };
  expect(quantities([item(0.5, 1, { held: 550 }), item(0.5, 1)], 1_000, 0, band)).toEqual([550, 450]);
});

test("what one lot or the venue's smallest order does not allow is left out and said", () => {
  const dear = sizeTogether([item(0.1, 101)], 1_000, 0, limits)[0]!;
  expect([dear.quantity, dear.shortfall]).toEqual([0, "one lot is dearer than its share"]);
  const small = sizeTogether([item(0.01, 1, { notionalMin: 20 })], 1_000, 0, limits)[0]!;
  expect([small.quantity, small.shortfall]).toEqual([0, "below the venue's smallest order"]);
  // An addition that is too small leaves the holding alone; closing is always allowed.
  expect(quantities([item(0.11, 1, { notionalMin: 20, held: 100 })])).toEqual([100]);
  expect(quantities([item(0, 1, { notionalMin: 200, held: 100 })])).toEqual([0]);
});

test("no symbol gets more than the risk rules allow it", () => {
  const capped = sizeTogether([item(-0.5, 1)], 1_000, 0, { ...limits, shareMax: 0.2 })[0]!;
  expect([capped.quantity, capped.shortfall]).toEqual([-200, "above the largest share of one symbol"]);
});

test("what is wanted together always fits the account", () => {
  const one = fc.record({
    weight: fc.double({ min: -2, max: 2, noNaN: true }),
    unitValue: fc.double({ min: 0.01, max: 500, noNaN: true }),
    held: fc.integer({ min: 0, max: 20 }),
    costRate: fc.double({ min: 0, max: 0.02, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (rows) => {
      const items = rows.map(({ weight, unitValue, ...rest }) => item(weight, unitValue, rest, 1e-6));
      const sized = sizeTogether(items, 10_000, 0, limits);
      const gross = sized.reduce((sum, { quantity }, k) => sum + Math.abs(quantity) * items[k]!.unitValue, 0);
      const costs = sized.reduce((sum, { quantity }, k) => {
        const { held, unitValue, costRate } = items[k]!;
        return sum + Math.abs(quantity - held) * unitValue * costRate;
      }, 0);
      expect(gross + costs).toBeLessThanOrEqual(10_000 * (1 + 1e-6));
    }),
    { seed: 20_260_101, numRuns: 500 },
  );
});

test("what is exactly the band, the smallest order or the largest share is allowed", () => {
  const band = { ...limits, rebalanceBand: 0.1 };
  // 550 held, 495 wanted: 55 are a tenth of what is held.
  expect(quantities([item(0.495, 1, { held: 550 })], 1_000, 0, band)).toEqual([550]);
  expect(quantities([item(0.494, 1, { held: 550 })], 1_000, 0, band)).toEqual([494]);
  expect(quantities([item(-0.495, 1, { held: -550 })], 1_000, 0, band)).toEqual([-550]);
  expect(quantities([item(-0.5, 1, { held: 500 })], 1_000, 0, { ...limits, rebalanceBand: 5 })).toEqual([
    -500,
  ]);
  const small = (weight: number, held: number) =>
    sizeTogether([item(weight, 1, { notionalMin: 20, held })], 1_000, 0, limits)[0]!;
  expect([small(0.02, 0).quantity, small(0.019, 0).quantity, small(0.12, 100).quantity]).toEqual([
    20, 0, 120,
  ]);
  expect(small(0.1, 100)).toMatchObject({ quantity: 100, shortfall: null });
  expect(small(0.08, 100).quantity).toBe(80);
  const share = { ...limits, shareMax: 0.2 };
  expect(sizeTogether([item(0.2, 1)], 1_000, 0, share)[0]).toMatchObject({ quantity: 200, shortfall: null });
});

test("an account without equity, or full of what nobody named, buys nothing", () => {
  expect(quantities([item(0.5, 1)], -100)).toEqual([0]);
  expect(quantities([item(0.5, 1)], 1_000, 1_000)).toEqual([0]);
  expect(quantities([item(0.5, 1)], 1_000, 2_000)).toEqual([0]);
  // What fits to the cent is not scaled.
  expect(quantities([item(0.5, 1)], 1_000, 500)).toEqual([500]);
  expect(quantities([item(1.5, 1)], 1_000, 0, { ...limits, grossMax: 2 })).toEqual([1_500]);
  expect(sizeTogether([item(1, 1), item(1, 1)], 1_000, 0, limits)[0]!.equityWeight).toBeCloseTo(0.5, 12);
});
