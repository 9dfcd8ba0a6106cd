import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lotsOf, priceStep, roundToTick } from "./numbers.ts";

test("a tick that is told is the step of every price", () => {
  expect([priceStep(100, 0.25), priceStep(1e-6, 0.25)]).toEqual([0.25, 0.25]);
});

test("without a tick prices keep eight decimals, and small ones seven digits", () => {
  expect([priceStep(60_000, 0), priceStep(0.01, 0), priceStep(0, 0)]).toEqual([1e-8, 1e-8, 1e-8]);
  // The first digit of 1.2e-10 stands at the tenth decimal; six more follow.
  expect(priceStep(1.2e-10, 0)).toBe(1e-16);
  expect(priceStep(-0.0025, 0)).toBe(1e-9);
  expect(roundToTick(1.2345678e-10, 0)).toBe(1.234568e-10);
});

test("no price above zero is moved by more than a millionth where no tick is told", () => {
  const price = fc.double({ min: -15, max: 6, noNaN: true }).map((power) => 10 ** power);
  const property = fc.property(price, (value) => {
    expect(Math.abs(roundToTick(value, 0) / value - 1)).toBeLessThanOrEqual(1e-6);
  });
  fc.assert(property, { seed: 20240131, numRuns: 2000 });
});

test("of what is held no lot too many is sold, however small a lot is beside it", () => {
  // Bought 100.39234331 coins, of which a thousandth was kept: two roundings of a billionth asked for ten lots more.
  const held = 100.291950967;
  expect([lotsOf(held, 1e-8), lotsOf(lotsOf(held, 1e-8), 1e-8)]).toEqual([100.29195096, 100.29195096]);
  expect([lotsOf(3e9, 0.01), lotsOf(0.3, 0.1), lotsOf(52.083 - 26.547 - 1.41, 0.001)]).toEqual([
    3e9, 0.3, 24.126,
  ]);
  const lots = fc.record({ units: fc.integer({ min: 1, max: 1e9 }), power: fc.integer({ min: -8, max: 2 }) });
  const property = fc.property(
    lots,
    fc.double({ min: 0.02, max: 0.98, noNaN: true }),
    ({ units, power }, rest) => {
      const lot = 10 ** power;
      const sold = lotsOf(lotsOf((units + rest) * lot, lot), lot);
      expect(Math.abs(sold / lot - units)).toBeLessThan(1e-3);
    },
  );
  fc.assert(property, { seed: 20261130, numRuns: 2000 });
});
