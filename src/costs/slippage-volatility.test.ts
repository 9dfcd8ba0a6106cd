import { expect, test } from "vitest";
import { barsFrom, make } from "../../test/plugin-tools.ts";
import { slippageVolatility } from "./slippage-volatility.ts";

// True ranges: 2 (its own range), then max(106, 100) - min(103, 100) = 6.
const bars = barsFrom([
  [100, 101, 99, 100],
  [104, 106, 103, 105],
  [105, 1_000, 1, 500],
]);

test("slippage is a multiple of the mean true range before the fill, over the last close", () => {
  const slippage = make(slippageVolatility, { multiple: 0.1 });
  expect(slippage.fraction(bars, 2, 10)).toBeCloseTo((0.1 * 4) / 105, 15);
  expect(slippage.rate(bars, 1, 10)).toBe(slippage.fraction(bars, 2, 10));
  expect(make(slippageVolatility, { multiple: 0.1, length: 1 }).fraction(bars, 2, 10)).toBeCloseTo(
    0.6 / 105,
    15,
  );
  expect(slippage.fraction(bars, 1, 10)).toBeCloseTo(0.2 / 100, 15);
});

test("the bar of the fill changes nothing", () => {
  const calm = barsFrom([
    [100, 101, 99, 100],
    [104, 106, 103, 105],
    [105, 105, 105, 105],
  ]);
  const slippage = make(slippageVolatility);
  expect(slippage.fraction(calm, 2, 10)).toBe(slippage.fraction(bars, 2, 10));
});

test("no fill is worse than the largest share", () => {
  expect(make(slippageVolatility, { multiple: 1, largest: 0.01 }).fraction(bars, 2, 10)).toBe(0.01);
});
