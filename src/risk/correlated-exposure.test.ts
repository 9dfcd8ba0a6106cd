import { expect, test } from "vitest";
import { barsFrom, make, testPortfolio, testTools } from "../../test/plugin-tools.ts";
import { ask } from "../../test/risk-harness.ts";
import type { RiskVerdict } from "../ports/risk.ts";
import { correlatedExposure } from "./correlated-exposure.ts";

/** What the rule says after so many instants of two symbols that move as one, to an account of 10,000 at prices of 100. */
function says(
  instants: number,
  quantity: number,
  held: readonly number[],
  options = {},
  side: "buy" | "sell" = "buy",
): RiskVerdict {
  const bars = barsFrom(Array.from({ length: 12 }, (_, k) => [1, 1, 1, 100 + (k % 3)]));
  const rule = make(correlatedExposure, { limit: 0.75, window: 10, ...options }, testTools([bars, bars]));
  for (let row = 0; row < instants; row++) {
    const rows = Int32Array.of(row, row);
    rule.observe!({ timeMs: row, count: 2, instruments: Int32Array.of(0, 1), rows }, testPortfolio(1));
  }
  const cash = held.reduce((left, one) => left - one * 100, 10_000);
  const portfolio = testPortfolio(
    cash,
    held.map((one) => [one, 100] as const),
  );
  return ask(rule, { portfolio, quantity, side });
}

test("until half of the instants are known each symbol stands for itself", () => {
  expect(says(4, 30, [0, 50]).kind).toBe("approve");
  expect(says(5, 30, [0, 50])).toMatchObject({ kind: "refuse", value: 0.8, quantityMax: 25 });
});

test("the symbol of the order counts once, with what is held of it", () => {
  expect(says(10, 25, [50, 0]).kind).toBe("approve");
  expect(says(10, 30, [50, 0])).toMatchObject({ value: 0.8, quantityMax: 25 });
});

test("a correlation at the threshold is enough, and a symbol that is not held needs no price", () => {
  expect(says(10, 30, [0, 50], { threshold: 1 }).kind).toBe("refuse");
  expect(says(10, 75, [0]).kind).toBe("approve");
  // Nor does a single unit of another count for none.
  expect(says(10, 75, [0, 1])).toMatchObject({ kind: "refuse", value: 0.76, quantityMax: 74 });
});

test("short positions that fall and rise together are limited as long ones are, and the other side is taken off", () => {
  expect(says(10, 30, [0, -50], {}, "sell")).toMatchObject({ kind: "refuse", value: 0.8, quantityMax: 25 });
  expect(says(10, 75, [0, 50], {}, "sell").kind).toBe("approve");
  expect(says(10, 76, [0, 0], {}, "sell")).toMatchObject({ value: 0.76, quantityMax: 75 });
});

test("what moves on its own counts on its own", () => {
  const bars = (period: number) =>
    barsFrom(Array.from({ length: 12 }, (_, k) => [1, 1, 1, 100 + (Math.floor(k / period) % 2)]));
  const rule = make(correlatedExposure, { limit: 0.75, window: 10 }, testTools([bars(1), bars(3)]));
  for (let row = 0; row < 10; row++)
    rule.observe!(
      { timeMs: row, count: 2, instruments: Int32Array.of(0, 1), rows: Int32Array.of(row, row) },
      testPortfolio(1),
    );
  const portfolio = testPortfolio(5_000, [
    [0, 100],
    [50, 100],
  ]);
  expect(ask(rule, { portfolio, quantity: 75 }).kind).toBe("approve");
});
