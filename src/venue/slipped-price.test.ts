import { expect, test } from "vitest";
import { slippedPrice } from "./slipped-price.ts";

test("a price goes to the next tick against the taker", () => {
  expect(slippedPrice(100.011, 1, 0, 0.01)).toBe(100.02);
  expect(slippedPrice(100.019, -1, 0, 0.01)).toBe(100.01);
  expect(slippedPrice(100, 1, 0.001, 0.25)).toBe(100.25);
});

test("a price that is on a tick but for its last bits stays there: no buyer pays a tick for rounding", () => {
  const [bid, ask] = [1.14202, 1.14217];
  const middle = (bid + ask) / 2;
  for (const step of [0.00001, 0])
    expect(slippedPrice(middle, 1, (ask - middle) / middle, step)).toBeCloseTo(ask, 12);
});

test("a token at 1.2e-10 is bought and sold for what it costs where no tick is told", () => {
  for (const sign of [1, -1] as const) {
    expect(slippedPrice(1.2e-10, sign, 0, 0)).toBe(1.2e-10);
    // Five thousandths of a percent more or less, and not eighty times the price.
    expect(slippedPrice(1.2345e-10, sign, 0.0005, 0) / 1.2345e-10).toBeCloseTo(1 + sign * 0.0005, 5);
  }
});
