import fc from "fast-check";
import { expect, test } from "vitest";
import { calculatePositionSize } from "./calculate-position-size.ts";

const trade = { equity: 10_000, riskFraction: 0.01, entryPrice: 50, stopPrice: 48, unitValue: 1, lotSize: 1 };

test("one percent of 10,000 at a stop 2 away is 50 units, long or short", () => {
  expect(calculatePositionSize(trade)).toBe(50);
  expect(calculatePositionSize({ ...trade, stopPrice: 52 })).toBe(50);
});

test("it rounds down to the lot", () => {
  expect(calculatePositionSize({ ...trade, stopPrice: 47 })).toBe(33);
  expect(calculatePositionSize({ ...trade, stopPrice: 47, lotSize: 0.1 })).toBe(33.3);
  expect(calculatePositionSize({ ...trade, lotSize: 100 })).toBe(0);
});

test("a unit that is worth more is bought less of", () => {
  // A future at 50 a point: 100 of risk over 2 points of 50 each.
  expect(calculatePositionSize({ ...trade, unitValue: 50 })).toBe(1);
});

test("without a distance, without equity or without a number nothing is bought", () => {
  expect(calculatePositionSize({ ...trade, stopPrice: 50 })).toBe(0);
  expect(calculatePositionSize({ ...trade, equity: -1 })).toBe(0);
  expect(calculatePositionSize({ ...trade, stopPrice: Number.NaN })).toBe(0);
  expect(calculatePositionSize({ ...trade, unitValue: Number.NaN })).toBe(0);
});

test("the loss at the stop never passes the risk, and one lot more would pass it", () => {
  const price = fc.double({ min: 0.01, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(price, price, fc.constantFrom(1, 0.1, 0.001), (entryPrice, stopPrice, lotSize) => {
      fc.pre(Math.abs(entryPrice - stopPrice) > 1e-6);
      const size = calculatePositionSize({ ...trade, entryPrice, stopPrice, lotSize });
      const loss = (units: number) => units * Math.abs(entryPrice - stopPrice);
      expect(loss(size)).toBeLessThanOrEqual(100 * (1 + 1e-9));
      expect(loss(size + lotSize)).toBeGreaterThan(100 * (1 - 1e-9));
    }),
    { seed: 20_261_120 },
  );
});
