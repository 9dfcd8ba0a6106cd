import fc from "fast-check";
import { expect, test } from "vitest";
import { renamedRuns } from "./renamed-runs.ts";
import { roundsOf } from "./rounds.ts";

const places = [0, 1, 2, 3, 4];

test("whatever the symbols are called, and however they are sorted, a run with scarce money trades the same", () => {
  let heldBack = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.shuffledSubarray(places, { minLength: 5 }),
      (seed, order) => {
        const run = renamedRuns(seed);
        const one = run(places);
        heldBack += one.heldBack;
        for (const other of [run(order), run(places.toReversed())]) {
          expect(other.trades).toEqual(one.trades);
          expect(other.equity / one.equity).toBeCloseTo(1, 9);
        }
      },
    ),
    { numRuns: roundsOf(60, 20), seed: 20_261_130 },
  );
  // Money was short indeed.
  expect(heldBack).toBeGreaterThan(100);
});

test("an account of sixty cents trades as one of ten thousand does, in lots and volumes of its size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (seed) => {
      const [small, large] = [renamedRuns(seed, 2 ** -14)(places), renamedRuns(seed)(places)];
      expect(small.trades).toEqual(large.trades);
      expect(small.equity / large.equity).toBeCloseTo(1, 9);
    }),
    { numRuns: roundsOf(40, 15), seed: 20_261_201 },
  );
});
