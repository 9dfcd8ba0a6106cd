import * as fc from "fast-check";
import { expect, test } from "vitest";
import { priceStep, roundToTick } from "./numbers.ts";

test("a tick that is told is the step of every price", () => {
  expect([priceStep(100, 0.25), priceStep(1e-6, 0.25)]).toEqual([0.25, 0.25]);
});

test("without a tick prices keep eight decimals, and small ones seven digits", () => {
  expect([priceStep(60_000, 0), priceStep(0.01, 0), priceStep(0, 0)]).toEqual([1e-8, 1e-8, 1e-8]);
  // The first digit of 1.2e-10 stands at the tenth decimal; six more follow.
  expect(priceStep(1.2e-10, 0)).toBe(1e-16);
  expect(priceStep(-0.0025, 0)).toBe(1e-9);
  expect(roundToTick(1.2345678e-10, 0)).toBe(1.234568e-10);
});

test("no price above zero is moved by more than a millionth where no tick is told", () => {
  const price = fc.double({ min: -15, max: 6, noNaN: true }).map((power) => 10 ** power);
  const property = fc.property(price, (value) => {
    expect(Math.abs(roundToTick(value, 0) / value - 1)).toBeLessThanOrEqual(1e-6);
  });
  fc.assert(property, { seed: 20240131, numRuns: 2000 });
});
