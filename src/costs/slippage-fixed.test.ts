import { expect, test } from "vitest";
import { barsFrom, make } from "../../test/plugin-tools.ts";
import { slippageFixed } from "./slippage-fixed.ts";

test("every fill is worse by the same share of the price", () => {
  const slippage = make(slippageFixed, { rate: 0.002 });
  const bars = barsFrom([[1, 1, 1, 1]]);
  expect(slippage.fraction(bars, 0, 1)).toBe(0.002);
  expect(slippage.fraction(bars, 0, 1e9)).toBe(0.002);
  expect(slippage.rate(bars, 0, 1)).toBe(0.002);
});
