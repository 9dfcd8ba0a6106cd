import { expect, test } from "vitest";
import { measureNothing, measurePlanted } from "./learning.ts";

// The full size: npm run prove learning.
test("a planted edge is found, sized and calibrated; of what is not there nothing is held (1 seed, 2 families)", async () => {
  for (const family of ["logistic", "boosted"] as const) {
    const { bayes, skill, held, errorKnown, resolution, coverage } = await measurePlanted(family, 18_000, 3);
    expect(bayes).toBeGreaterThan(0.53);
    expect(bayes).toBeLessThan(0.6);
    expect(skill).toBeGreaterThan(0.8);
    expect(held).toBeGreaterThan(0.5);
    expect(errorKnown).toBeLessThan(0.02);
    expect(resolution).toBeGreaterThan(0);
    expect(coverage).toBeGreaterThan(0.87);
    expect(coverage).toBeLessThan(0.93);
    for (const isShuffled of [false, true])
      expect((await measureNothing(family, 18_000, 1_003, isShuffled)).sizeMedian).toBe(0);
  }
});

test("a small network finds four fifths of a planted edge, does not learn noise by heart, and is honest about it (long-term, seed 3)", async () => {
  const { skill, held, errorKnown, coverage } = await measurePlanted("long-term", 18_000, 3);
  expect(skill).toBeGreaterThan(0.8);
  expect(held).toBeGreaterThan(0.5);
  expect(errorKnown).toBeLessThan(0.02);
  expect(coverage).toBeGreaterThan(0.87);
  expect(coverage).toBeLessThan(0.93);
});
