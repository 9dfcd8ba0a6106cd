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
