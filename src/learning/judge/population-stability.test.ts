import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { populationStability, referenceBins } from "./population-stability.ts";

const normal = (count: number, seed: number, centre = 0) => {
  const random = new Prng(seed);
  return Float64Array.from({ length: count }, () => centre + random.normal());
};

test("the index is the sum over bins of the change of the share times the change of its logarithm", () => {
  // Two bins of ten values each, then five and fifteen: half a value is counted into each bin, and into that of missing ones.
  const reference = referenceBins([...new Array<number>(10).fill(0), ...new Array<number>(10).fill(1)], 2);
  expect(reference.edges).toEqual([1]);
  const [low, high, none] = [10.5 / 21.5, 10.5 / 21.5, 0.5 / 21.5];
  expect(reference.shares).toEqual([low, high, none]);
  const now = [5.5 / 21.5, 15.5 / 21.5];
  const expected = (now[0]! - low) * Math.log(now[0]! / low) + (now[1]! - high) * Math.log(now[1]! / high);
  const values = [...new Array<number>(5).fill(0), ...new Array<number>(15).fill(1)];
  expect(populationStability(reference, values)).toBeCloseTo(expected, 12);
});

test("values that stay where they were are stable, those that move or go missing are not", () => {
  const reference = referenceBins(normal(20_000, 1));
  expect(populationStability(reference, normal(2_000, 2))).toBeLessThan(0.02);
  expect(populationStability(reference, normal(2_000, 3, 0.5))).toBeGreaterThan(0.2);
  const missing = normal(2_000, 4).map((value, k) => (k % 2 === 0 ? Number.NaN : value));
  expect(populationStability(reference, missing)).toBeGreaterThan(1);
});

test("the index is never below zero, and is zero for the very same values", () => {
  const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const reference = referenceBins(one);
      expect(populationStability(reference, one)).toBe(0);
      expect(populationStability(reference, other)).toBeGreaterThanOrEqual(0);
      expect(reference.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }),
    { seed: 20_261_130 },
  );
});
