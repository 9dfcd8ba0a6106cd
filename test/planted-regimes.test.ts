import { expect, test } from "vitest";
import { mistakesIn, raceRegimes, raceUniform } from "./prove/planted.ts";

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

// Each of the two guards stands in for the other one, so each is tried without it. The race above notices neither, for a
// choice that is wrong by chance costs nothing in the mean.
const none = Array.from({ length: 10 }, () => 0);

test("the deviations that a lead must have keep off chance where every strategy is expected to differ", () => {
  expect(mistakesIn(10, { edgeShare: 0.9 })).toEqual(none);
});

test("the prior that strategies do not differ keeps off chance, but for one market, where no deviations are asked for", () => {
  const mistakes = mistakesIn(10, { takeDeviations: 0, keepDeviations: 0 });
  expect(mistakes.filter((count) => count > 0).length).toBeLessThanOrEqual(1);
});
