import { expect, test } from "vitest";
import { dayMs, hourMs } from "../base/time.ts";
import { borrowBetween, fundingBetween } from "./held-rates.ts";

const start = Date.UTC(2024, 0, 1);

test("funding is the sum of the rates that were due, the end included and the beginning not", () => {
  const rates = { timeMs: [start, start + 8 * hourMs, start + 16 * hourMs], rate: [0.0001, -0.0003, 0.0002] };
  const due = fundingBetween(rates, 0);
  expect(due(start - hourMs, start)).toBeCloseTo(0.0001, 15);
  expect(due(start, start + 8 * hourMs)).toBeCloseTo(-0.0003, 15);
  expect(due(start - 1, start + dayMs)).toBeCloseTo(0, 15);
  expect(due(start + hourMs, start + 7 * hourMs)).toBe(0);
  // A venue that pays every hour is no other case.
  const hourly = { timeMs: [1, 2, 3, 4].map((k) => start + k * hourMs), rate: [0.1, 0.1, 0.1, 0.1] };
  expect(fundingBetween(hourly, 0)(start, start + 4 * hourMs)).toBeCloseTo(0.4, 15);
});

test("where the history of funding says nothing, the constant is due every eight hours, and never beside it", () => {
  const rates = { timeMs: [start, start + 8 * hourMs], rate: [0.01, 0.01] };
  const due = fundingBetween(rates, 1);
  // Two days before the history: six times. The sixth would be its own first moment, which it says itself.
  expect(due(start - 2 * dayMs, start)).toBeCloseTo(5 + 0.01, 12);
  expect(due(start - 1, start + 8 * hourMs)).toBeCloseTo(0.02, 12);
  expect(due(start + 8 * hourMs, start + dayMs)).toBe(2);
  // However the time is cut into pieces, the sum is the same.
  const cuts = [-40, -3, 0, 2, 8, 9, 31, 50].map((hours) => start + hours * hourMs);
  const pieces = cuts.slice(1).reduce((sum, toMs, k) => sum + due(cuts[k]!, toMs), 0);
  expect(pieces).toBeCloseTo(due(cuts[0]!, cuts.at(-1)!), 12);
});

test("a borrow fee is the yearly rate of each time in proportion to it", () => {
  const rates = { timeMs: [start, start + 10 * dayMs], rate: [0.365, 0.73] };
  const fee = borrowBetween(rates, 3.65);
  expect(fee(start, start + 10 * dayMs)).toBeCloseTo(0.01, 12);
  expect(fee(start + 5 * dayMs, start + 15 * dayMs)).toBeCloseTo(0.005 + 0.01, 12);
  // Before the first the constant holds, after the last its own rate: 3.65 a year are 1 % a day.
  expect(fee(start - dayMs, start)).toBeCloseTo(0.01, 12);
  expect(fee(start + 20 * dayMs, start + 21 * dayMs)).toBeCloseTo(0.002, 12);
});
