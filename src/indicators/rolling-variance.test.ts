import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../base/prng.ts";
import { RollingVariance } from "./rolling-variance.ts";

function spreadAfter(length: number, values: Iterable<number>): number {
  const window = new RollingVariance(length);
  let spread = Number.NaN;
  for (const value of values) spread = window.add(value);
  return spread;
}

/** The sum of squared deviations in two passes, exact but for the last digits. */
function exactSpread(values: Float64Array): number {
  const first = values[0]!;
  const mean = values.reduce((sum, value) => sum + (value - first), 0) / values.length;
  return values.reduce((sum, value) => sum + (value - first - mean) ** 2, 0);
}

test("mean and spread are those of the window, from the row on which it is full", () => {
  const window = new RollingVariance(3);
  expect([window.add(1), window.add(2), window.mean]).toEqual([NaN, NaN, NaN]);
  expect([window.add(6), window.mean]).toEqual([14, 3]);
  expect([window.add(4), window.mean]).toEqual([8, 4]);
});

test("a deviation of 0.01 around 100 million does not cancel", () => {
  const prng = new Prng(1);
  const values = Float64Array.from({ length: 20_000 }, () => 1e8 + 1e-2 * prng.normal());
  const window = new RollingVariance(20);
  let worst = 0;
  for (const [row, value] of values.entries()) {
    const spread = window.add(value);
    if (row < 19) continue;
    worst = Math.max(worst, Math.abs(spread / exactSpread(values.subarray(row - 19, row + 1)) - 1));
  }
  expect(worst).toBeLessThan(1e-11);
});

test("a wild value leaves nothing behind once it has left the window", () => {
  const calm = [1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7.5, 7.25];
  for (let at = 0; at < 8; at++) {
    const wild = calm.with(at, 1e15);
    expect(spreadAfter(4, wild)).toBeCloseTo(spreadAfter(4, calm.slice(8)), 12);
  }
});

test("a jump from one level to another leaves the small moves of the new one intact", () => {
  const prng = new Prng(2);
  const values = Float64Array.from({ length: 200 }, (_, row) => (row < 90 ? 0 : 1e7) + 1e-3 * prng.normal());
  for (let end = 120; end <= 200; end++) {
    const spread = spreadAfter(30, values.subarray(0, end));
    expect(Math.abs(spread / exactSpread(values.subarray(end - 30, end)) - 1)).toBeLessThan(1e-10);
  }
});

test("equal values have a spread of exactly 0 and their own mean", () => {
  const window = new RollingVariance(3);
  for (const value of [1e9, -7, 0.1, 0.1]) window.add(value);
  expect([window.add(0.1), window.mean]).toEqual([0, 0.1]);
});

test("the past before the window does not matter", () => {
  const price = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const values = fc.array(price, { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(price, { maxLength: 40 }), values, (past, present) => {
      const alone = spreadAfter(5, present);
      expect(Math.abs(spreadAfter(5, [...past, ...present]) - alone)).toBeLessThanOrEqual(1e-11 * alone);
    }),
    { seed: 20260, numRuns: 500 },
  );
});
