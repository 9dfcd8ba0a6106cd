import { expect, test } from "vitest";
import { barsFrom, make } from "../../test/plugin-tools.ts";
import { slippageSpread } from "./slippage-spread.ts";

const bars = barsFrom([
  [100, 101, 99, 100],
  [200, 260, 150, 250],
]);

test("a spread in basis points costs half of it on each side", () => {
  const slippage = make(slippageSpread, { spread: 4 });
  expect(slippage.fraction(bars, 1, 10)).toBe(0.0002);
  expect(slippage.rate(bars, 0, 10)).toBe(0.0002);
});

test("a spread in price units is set against the open of the fill, or the last close when sizing", () => {
  const slippage = make(slippageSpread, { unit: "price", spread: 0.5 });
  expect(slippage.fraction(bars, 1, 10)).toBe(0.25 / 200);
  expect(slippage.rate(bars, 0, 10)).toBe(0.25 / 100);
});
