import { expect, test } from "vitest";
import { raceRegimes, raceUniform } from "./prove/planted.ts";

// 50 markets of the first kind: npm run prove planted. Those without regimes are too different for fewer of them.
test("where regimes are planted, the choice ends above the best single strategy in hindsight in 16 of 20 markets", () => {
  const { won, bests } = raceRegimes(20);
  expect(won).toBeGreaterThanOrEqual(16);
  // No single strategy is the one to have: which is best changes from market to market.
  expect(bests).toBeGreaterThan(1);
});

test("where there are no regimes, choosing costs less than one percent a year against keeping what was best before", () => {
  expect(raceUniform(30)).toBeGreaterThanOrEqual(-0.01);
});
