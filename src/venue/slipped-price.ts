import { floorToStep, priceStep } from "../base/numbers.ts";

/** A price moved against a buyer (`sign` 1) or seller (-1) by a fraction of itself, then to the next tick against them. */
export function slippedPrice(price: number, sign: 1 | -1, fraction: number, tickSize: number): number {
  const slipped = price * (1 + sign * fraction);
  const step = priceStep(slipped, tickSize);
  const down = floorToStep(slipped, step);
  // What lies on a tick but for the last bits of floating point is on it.
  const isAbove = slipped - down > slipped * 1e-12;
  return sign === 1 && isAbove ? floorToStep(down + step, step) : down;
}
