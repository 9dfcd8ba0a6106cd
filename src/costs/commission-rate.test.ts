import { expect, test } from "vitest";
import { make } from "../../test/plugin-tools.ts";
import { commissionRate } from "./commission-rate.ts";

test("takers and makers pay their shares of the value", () => {
  const commission = make(commissionRate, { rate: 0.001, makerRate: 0.0002 });
  expect(commission.fee(10, 1_000, "taker")).toBe(1);
  expect(commission.fee(10, 1_000, "maker")).toBeCloseTo(0.2, 12);
  expect(make(commissionRate, { rate: 0.001 }).fee(10, 1_000, "maker")).toBe(1);
});

test("a small fill pays the minimum, and sizing sets it aside", () => {
  const commission = make(commissionRate, { rate: 0.001, minimum: 5 });
  expect(commission.fee(10, 1_000, "taker")).toBe(5);
  expect(commission.fee(100, 10_000, "taker")).toBe(10);
  expect(commission.rate(10, 100)).toBe(0.005);
  expect(commission.rate(100, 100)).toBe(0.001);
});

test("a maker who pays nothing pays nothing, and an order of no size is judged by the share alone", () => {
  expect(make(commissionRate, { rate: 0.001, makerRate: 0 }).fee(10, 1_000, "maker")).toBe(0);
  const commission = make(commissionRate, { rate: 0.001, minimum: 1 });
  expect(commission.rate(0, 100)).toBe(0.001);
  // One unit at 100 pays 1.
  expect(commission.rate(1, 100)).toBe(0.01);
});
