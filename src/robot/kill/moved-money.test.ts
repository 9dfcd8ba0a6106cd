import fc from "fast-check";
import { expect, test } from "vitest";
import { movedBetween, type VenueMoney } from "./moved-money.ts";

const before: VenueMoney = {
  cash: 5_000,
  equity: 10_000,
  venueTimeMs: 100_000,
  held: { BTC: 1 },
  ownEquity: 10_000,
};
const later = (change: Partial<VenueMoney>): VenueMoney => ({ ...before, venueTimeMs: 160_000, ...change });

test("between looks without a fill every cent that comes is moved, whatever the market does", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      fc.double({ min: -4_000, max: 4_000, noNaN: true }),
      (came, gain) => {
        const now = later({ cash: 5_000 + came, equity: 10_000 + came + gain });
        expect(movedBetween(before, now, Number.NaN)).toBeCloseTo(came, 6);
        expect(movedBetween(before, later({ equity: 10_000 + gain }), Number.NaN)).toBe(0);
      },
    ),
  );
});

test("a charge is a loss and a withdrawal is none: what takes a hundredth of the equity at once was taken out", () => {
  expect(movedBetween(before, later({ cash: 4_950, equity: 9_950 }), Number.NaN)).toBe(0);
  expect(movedBetween(before, later({ cash: 4_000, equity: 9_000 }), Number.NaN)).toBe(-1_000);
});

test("coins that are sent are worth what the equity says; a split, which moves no equity, is no deposit", () => {
  expect(movedBetween(before, later({ equity: 15_000, held: { BTC: 2 } }), Number.NaN)).toBe(5_000);
  expect(movedBetween(before, later({ equity: 5_000, held: {} }), Number.NaN)).toBe(-5_000);
  expect(movedBetween(before, later({ held: { BTC: 2 } }), Number.NaN)).toBe(0);
  // A fill that nobody has told yet moves both, and its loss is a loss.
  expect(movedBetween(before, later({ cash: 9_000, equity: 9_000, held: {} }), Number.NaN)).toBe(0);
});

test("while orders fill, only what is beyond doubt counts: a loss is never taken for a withdrawal", () => {
  const sold = { cash: 10_000, held: {} };
  expect(movedBetween(before, later(sold), 130_000)).toBe(0);
  expect(movedBetween(before, later({ ...sold, equity: 8_000 }), 130_000)).toBe(0);
  expect(movedBetween(before, later({ cash: 13_000, equity: 13_000, held: {} }), 130_000)).toBe(3_000);
});
