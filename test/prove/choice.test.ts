import { expect, test } from "vitest";
import { measureChoice } from "./choice.ts";

// The full size: npm run prove choice.
test("where there is something to choose, a run that begins a month later chooses the same (2 planted markets)", () => {
  // Among them the two on which choices differed most when what was there before went on trading in near ties.
  for (const seed of [109, 110]) {
    const { shifts, switches } = measureChoice(seed, 12_000, [30]);
    for (const { sameChoice, sameLabel } of shifts)
      expect({ seed, isSame: sameChoice >= 0.9 && sameLabel >= 0.9 }).toEqual({ seed, isSame: true });
    // Who never chooses chooses the same.
    expect(switches).toBeGreaterThanOrEqual(10);
  }
});
