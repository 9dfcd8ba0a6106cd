import fc from "fast-check";
import { expect, test } from "vitest";
import { histogram } from "./histogram.ts";

test("every value is counted once, and zero is a border", () => {
  const values = fc.array(
    fc.integer({ min: -20_000, max: 50_000 }).map((each) => each / 1e4),
    { minLength: 1, maxLength: 400 },
  );
  fc.assert(
    fc.property(values, (some) => {
      const bins = histogram(some);
      expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(some.length);
      expect(bins.some((bin) => bin.from === 0 || bin.to === 0)).toBe(true);
      for (let k = 1; k < bins.length; k++) expect(bins[k]!.from).toBe(bins[k - 1]!.to);
    }),
    { seed: 41 },
  );
});

test("without outliers every value lies in its bin", () => {
  const bins = histogram([-0.04, -0.01, 0, 0.01, 0.06]);
  expect(bins.filter((bin) => bin.from >= 0).reduce((sum, bin) => sum + bin.count, 0)).toBe(3);
  expect(bins.every((bin) => Number.isFinite(bin.from) && Number.isFinite(bin.to))).toBe(true);
});

test("outliers go into open bins at the ends", () => {
  const values = Array.from({ length: 1000 }, (_, k) => (k - 500) / 10_000);
  const bins = histogram([...values, 50, -30]);
  expect(bins[0]!.from).toBe(-Infinity);
  expect(bins.at(-1)!.to).toBe(Infinity);
  expect(bins.length).toBeLessThan(60);
});

test("nothing has no bins, and equal values have one", () => {
  expect(histogram([])).toEqual([]);
  expect(histogram([0, 0]).map((bin) => bin.count)).toEqual([2]);
});
