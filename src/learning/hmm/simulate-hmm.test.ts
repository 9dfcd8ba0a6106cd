import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { expectedDwellRows, longRunShares } from "./dwell.ts";
import type { HmmParams } from "./hmm-params.ts";
import { simulateHmm } from "./simulate-hmm.ts";

const params: HmmParams = {
  states: 2,
  features: 2,
  covariance: "full",
  initial: Float64Array.of(0, 1),
  transition: Float64Array.of(0.9, 0.1, 0.3, 0.7),
  means: Float64Array.of(1, 0, -2, 5),
  covariances: Float64Array.of(1, 0.8, 0.8, 2, 3, -1, -1, 0.5),
};
const length = 60_000;
const { rows, states } = simulateHmm(params, length, new Prng(21));

test("simulated rows have the means and covariances of their states", () => {
  for (const state of [0, 1]) {
    const own = [...states.keys()].filter((row) => states[row] === state);
    const average = (of: (row: number) => number) => own.reduce((sum, row) => sum + of(row), 0) / own.length;
    for (const [k, expected] of [...params.means.subarray(2 * state, 2 * state + 2)].entries()) {
      expect(Math.abs(average((row) => rows[2 * row + k]!) - expected)).toBeLessThan(0.06);
    }
    const off = (row: number, k: number) => rows[2 * row + k]! - params.means[2 * state + k]!;
    for (const [at, [one, other]] of (
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ] as const
    ).entries()) {
      const expected = params.covariances[4 * state + at]!;
      expect(Math.abs(average((row) => off(row, one) * off(row, other)) - expected)).toBeLessThan(0.12);
    }
  }
});

test("states last as long and take as many rows as the transitions say", () => {
  // The balance 0.1 s0 = 0.3 s1 gives shares of 3/4 and 1/4; stays last 1 / 0.1 and 1 / 0.3 rows.
  const [first, second] = longRunShares(params);
  expect(first).toBeCloseTo(0.75, 10);
  expect(second).toBeCloseTo(0.25, 10);
  const dwells = expectedDwellRows(params);
  expect(dwells[0]).toBeCloseTo(10, 12);
  expect(dwells[1]).toBeCloseTo(10 / 3, 12);
  expect(states[0]).toBe(1);
  const inFirst = states.reduce((sum, state) => sum + (state === 0 ? 1 : 0), 0);
  expect(Math.abs(inFirst / length - 0.75)).toBeLessThan(0.02);
  let entries = 0;
  for (let row = 1; row < length; row++) if (states[row] === 0 && states[row - 1] === 1) entries += 1;
  expect(Math.abs(inFirst / entries - 10)).toBeLessThan(0.5);
});

test("a state that never ends lasts for ever, and a chain in pieces still has shares", () => {
  const stuck = { ...params, transition: Float64Array.of(1, 0, 0.5, 0.5) };
  expect([...expectedDwellRows(stuck)]).toEqual([Infinity, 2]);
  expect(longRunShares(stuck)[0]).toBeCloseTo(1, 9);
  const apart = longRunShares({ ...params, transition: Float64Array.of(1, 0, 0, 1) });
  expect([...apart].map((share) => Math.round(share * 1e6))).toEqual([500_000, 500_000]);
});

test("the long run shares of four states stay as they are through the transitions", () => {
  const prng = new Prng(22);
  const transition = Float64Array.from({ length: 16 }, () => prng.next());
  for (let from = 0; from < 4; from++) {
    const total = transition.subarray(4 * from, 4 * from + 4).reduce((sum, share) => sum + share, 0);
    for (let to = 0; to < 4; to++) transition[4 * from + to]! /= total;
  }
  const shares = longRunShares({ ...params, states: 4, transition });
  for (let to = 0; to < 4; to++) {
    const after = shares.reduce((sum, share, from) => sum + share * transition[4 * from + to]!, 0);
    expect(after).toBeCloseTo(shares[to]!, 9);
  }
});
