import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { commissionPerShare } from "./commission-per-share.ts";

// The three examples of Interactive Brokers' price list for US shares, fixed pricing.
test.each([
  [100, 25, 1],
  [1_000, 25, 5],
  [1_000, 0.25, 2.5],
])("%i shares at %d cost %d, as in the broker's own examples", (quantity, price, fee) => {
  expect(make(commissionPerShare).fee(quantity, quantity * price, "taker")).toBeCloseTo(fee, 12);
});

test("sizing sets aside what the fill will cost", () => {
  const commission = make(commissionPerShare);
  expect(commission.rate(1_000, 25)).toBeCloseTo(5 / 25_000, 15);
  expect(commission.rate(10, 25)).toBeCloseTo(1 / 250, 15);
  expect(commission.rate(0, 25)).toBeCloseTo(0.005 / 25, 15);
});

test("without a minimum and with the largest maximum it is the amount alone", () => {
  expect(make(commissionPerShare, { minimum: 0, maximumShare: 1 }).fee(7, 70, "maker")).toBeCloseTo(
    0.035,
    15,
  );
});

test("the two limits hold for a single share and for an order of no size", () => {
  const commission = make(commissionPerShare);
  // One share at 25: 1 % of it. A cheap one, before its number is known: 0.005 of 0.25 is 2 %, and 1 % is the most.
  expect(commission.rate(1, 25)).toBeCloseTo(0.01, 15);
  expect(commission.rate(0, 0.25)).toBe(0.01);
});
