import fc from "fast-check";
import { expect, test } from "vitest";
import { adaptiveReach, conformalSets } from "./conformal-sets.ts";

const calibrated = Array.from({ length: 199 }, (_, k) => (((k * 37) % 199) + 0.5) / 199);
const downs = calibrated.map(() => 0);

/** Answers to rows that all went down after `late` rows: what is said of a row is its miss. */
function reachOf(said: readonly number[], late = 1): Float64Array {
  const labels = {
    outcome: new Float32Array(said.length),
    end: Int32Array.from(said, (_, row) => row + late),
  };
  return adaptiveReach(conformalSets(calibrated, downs), said, labels, { from: 0, to: said.length });
}

const heldOf = (said: readonly number[], reach: Float64Array): number =>
  said.filter((miss, row) => miss <= reach[row]!).length / said.length;

test("sets reach as far as nine of ten outcomes of the calibration, one counted extra", () => {
  const { conformal, conformalMisses } = conformalSets(calibrated, downs);
  // The 180th of 199: 200 times nine tenths.
  expect(conformal).toBe(179.5 / 199);
  expect(conformalMisses[180]).toBe(conformal);
  expect([conformalMisses[0], conformalMisses[200]]).toEqual([0, 1]);
  expect(conformalSets([0.4, 0.7], [1, 1]).conformal).toBe(1);
});

test("reach follows a market that changes as the package adaptive-conformal-inference 1.0.1 says, to two steps of the quantiles", () => {
  const said = Array.from({ length: 3_000 }, (_, k) => (((k * 53) % 97) + 0.5) / 97).map((miss, k) =>
    k < 1_500 ? miss : 0.3 + 0.7 * miss,
  );
  const reach = reachOf(said);
  expect(heldOf(said, reach)).toBeCloseTo(2692 / 3000, 2);
  const known = [
    0.903462, 0.903462, 0.908437, 0.903462, 0.903462, 0.903462, 0.903462, 0.903462, 0.903462, 0.908437,
    0.923362, 0.933312, 0.933312, 0.938286, 0.933312, 0.938286, 0.928337, 0.933312, 0.933312, 0.933312,
  ];
  for (const [k, one] of known.entries()) expect(Math.abs(reach[99 + 150 * k]! - one)).toBeLessThan(0.011);
});

test("whatever the market does, nine of ten outcomes lie inside in the long run", () => {
  const worst = fc.array(fc.double({ min: 0.001, max: 0.999, noNaN: true }), {
    minLength: 500,
    maxLength: 1_500,
  });
  fc.assert(
    fc.property(worst, (said) => {
      // (largest start + one step) / (step times rows): Gibbs and Candès 2021, proposition 4.1.
      const bound = (0.9 + 0.005) / (0.005 * said.length);
      expect(Math.abs(heldOf(said, reachOf(said)) - 0.9)).toBeLessThanOrEqual(bound + 1e-9);
    }),
    { numRuns: 30, seed: 176 },
  );
});

test("a level that all answers move to between two days is not missed for long, though outcomes come a day late", () => {
  const said = Array.from({ length: 4_000 }, (_, k) => (k < 500 ? 0.5 + (k % 50) / 1_000 : 0.95));
  const fixed =
    said.filter((miss) => miss <= conformalSets(calibrated, downs).conformal).length / said.length;
  expect(fixed).toBeLessThan(0.2);
  expect(heldOf(said, reachOf(said, 24))).toBeGreaterThan(0.88);
});

test("what is not known yet changes nothing: reach is the same with another future, and without quantiles it stands still", () => {
  const said = Array.from({ length: 200 }, (_, k) => ((k * 53) % 97) / 97);
  const other = said.map((miss, k) => (k < 100 ? miss : 1 - miss));
  expect(reachOf(other, 5).slice(0, 105)).toEqual(reachOf(said, 5).slice(0, 105));
  const labels = { outcome: new Float32Array(200), end: Int32Array.from(said, (_, row) => row + 1) };
  const still = adaptiveReach({ conformal: 0.6 }, said, labels, { from: 0, to: 200 });
  expect(new Set(still)).toEqual(new Set([0.6]));
});
