import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { evaluateForecasts } from "./evaluate-forecasts.ts";
import type { Judged } from "./score-predictions.ts";

const dayMs = 86_400_000;

/** Rows whose chances are what is said, bent by `bend`: 1 is honest, 0 says nothing of what comes. */
function judged(rows: number, seed: number, spread: number, bend: number): Judged {
  const random = new Prng(seed);
  const probability = Float64Array.from({ length: rows }, () => 0.5 + spread * (random.next() - 0.5));
  const outcome = Float32Array.from(probability, (p) => (random.next() < 0.5 + bend * (p - 0.5) ? 1 : 0));
  return {
    closeTimeMs: Float64Array.from({ length: rows }, (_, row) => Date.UTC(2020, 0, 1) + row * dayMs),
    probability,
    outcome,
    weights: new Float32Array(rows).fill(1),
    persistence: new Uint8Array(rows),
    conformal: new Float64Array(rows).fill(0.7),
  };
}

const statesOf = ({ outcome }: Judged) => Array.from(outcome, (_, row) => (row % 2 === 0 ? "calm" : "rough"));
const evaluate = (given: Judged) => evaluateForecasts(given, statesOf(given), 1, 7);

test("an honest forecaster with an edge is told from chance by every interval", () => {
  const { scores, auc, coinGain, brierSkill, reliability } = evaluate(judged(4_000, 1, 0.6, 1));
  expect(scores.accuracy.low).toBeGreaterThan(scores.baseRate);
  expect(auc!.low).toBeGreaterThan(0.5);
  expect(coinGain!.low).toBeGreaterThan(0);
  expect(brierSkill!.low).toBeGreaterThan(0);
  expect(scores.skillP).toBeLessThan(0.01);
  const inside = reliability["equal-mass"].filter(
    ({ low, high, meanProbability }) => low <= meanProbability && meanProbability <= high,
  );
  expect(inside.length).toBeGreaterThanOrEqual(9);
});

test("a forecaster without skill is told from chance by none of them", () => {
  const { scores, auc, coinGain, brierSkill } = evaluate(judged(4_000, 2, 0.2, 0));
  expect(scores.accuracy.low).toBeLessThan(scores.baseRate);
  expect(auc!.low).toBeLessThan(0.5);
  expect(coinGain!.low).toBeLessThan(0);
  expect(brierSkill!.low).toBeLessThan(0);
  expect(scores.skillP).toBeGreaterThan(0.05);
});

test("groups are the rows again, each in one year and one state", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 900 }), fc.integer(), (rows, seed) => {
      const given = judged(rows, seed, 0.5, 0.5);
      const { years, regimes, scores, sets } = evaluateForecasts(given, statesOf(given), 1, 7);
      for (const groups of [years, regimes]) {
        expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(rows);
        const right = groups.reduce((sum, { accuracy, rows: count }) => sum + accuracy.value * count, 0);
        expect(right / rows).toBeCloseTo(scores.accuracy.value, 9);
        const brier = groups.reduce((sum, group) => sum + group.brier * group.rows, 0);
        expect(brier / rows).toBeCloseTo(scores.brier, 9);
      }
      expect(sets.one + sets.both + sets.none).toBeCloseTo(1, 12);
    }),
    { seed: 20_261_130, numRuns: 25 },
  );
});

test("the parts of the Brier score add up exactly where a bin holds one probability", () => {
  const given = judged(2_000, 3, 0.6, 1);
  // Nine different probabilities, so that ten bins of equal mass part none.
  const probability = given.probability.map((p) => 0.1 + Math.round((p - 0.2) * (8 / 0.6)) * 0.1);
  const { scores } = evaluate({ ...given, probability });
  expect(scores.reliability - scores.resolution + scores.uncertainty).toBeCloseTo(scores.brier, 3);
});

test("overlapping outcomes widen every interval", () => {
  const given = judged(2_000, 4, 0.4, 1);
  const thin = { ...given, weights: new Float32Array(2_000).fill(0.1) };
  const [wide, narrow] = [evaluate(thin), evaluate(given)];
  const width = ({ low, high }: { readonly low: number; readonly high: number }) => high - low;
  expect(width(wide.scores.accuracy)).toBeGreaterThan(2 * width(narrow.scores.accuracy));
  expect(width(wide.auc!)).toBeGreaterThan(2 * width(narrow.auc!));
  expect(wide.effectiveRows).toBeCloseTo(200, 3);
});
