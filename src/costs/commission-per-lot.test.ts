import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { commissionPerLot } from "./commission-per-lot.ts";

test("each lot pays its amount, and a part of a lot its part", () => {
  const commission = make(commissionPerLot);
  expect(commission.fee(200_000, 220_000, "taker")).toBe(7);
  expect(commission.fee(25_000, 27_500, "taker")).toBe(0.875);
  expect(make(commissionPerLot, { minimum: 2 }).fee(25_000, 27_500, "taker")).toBe(2);
});

test("sizing sets aside what the fill will cost", () => {
  // 3.5 per 100,000 units at 1.10: 3.18 for every 100,000 of value.
  expect(make(commissionPerLot).rate(50_000, 1.1)).toBeCloseTo(3.5 / 110_000, 15);
  expect(make(commissionPerLot).rate(0, 1.1)).toBeCloseTo(3.5 / 110_000, 15);
  expect(make(commissionPerLot, { minimum: 2 }).rate(1_000, 1)).toBe(0.002);
});

test("a single unit pays the minimum like any other order", () => {
  expect(make(commissionPerLot, { minimum: 2 }).rate(1, 50)).toBe(0.04);
});
