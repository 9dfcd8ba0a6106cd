import * as fc from "fast-check";
import { expect, test } from "vitest";
import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import { ForwardFilter } from "./forward-filter.ts";
import type { HmmParams } from "./hmm-params.ts";
import { simulateHmm } from "./simulate-hmm.ts";

const full: HmmParams = {
  states: 2,
  features: 2,
  covariance: "full",
  initial: Float64Array.of(0.5, 0.5),
  transition: Float64Array.of(0.95, 0.05, 0.1, 0.9),
  means: Float64Array.of(0, 1, 0, 3),
  covariances: Float64Array.of(1, 0.2, 0.2, 0.5, 4, -0.5, -0.5, 1),
};
const diagonal: HmmParams = { ...full, covariance: "diagonal", covariances: Float64Array.of(1, 0.5, 4, 1) };
/** A chain that only goes one way, with a state that the beginning rules out. */
const oneWay: HmmParams = {
  ...full,
  initial: Float64Array.of(1, 0),
  transition: Float64Array.of(0.9, 0.1, 0, 1),
};
const models = [full, diagonal, oneWay];

test("whatever the rows hold, the answer is probabilities", () => {
  const value = fc.oneof(
    fc.double({ min: -10, max: 10, noNaN: true }),
    fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e300, -1e160, 1e-320, 0),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.array(fc.tuple(value, value), { maxLength: 40 }),
      (params, rows) => {
        const filter = new ForwardFilter(params);
        for (const row of rows) {
          const [first, second] = filter.step(Float64Array.from(row));
          expect(first! >= 0 && second! >= 0).toBe(true);
          expect(first! + second!).toBeCloseTo(1, 12);
          expect(Number.isFinite(filter.logLikelihood)).toBe(true);
        }
      },
    ),
    { seed: 17, numRuns: 300 },
  );
});

test("a row that only a ruled out state explains leaves that state ruled out", () => {
  const filter = new ForwardFilter({ ...oneWay, transition: Float64Array.of(1, 0, 0, 1) });
  expect([...filter.step(Float64Array.of(0, 300))]).toEqual([1, 0]);
  expect([...filter.step(Float64Array.of(0, 3))]).toEqual([1, 0]);
});

test("a row without values lets one row of time pass, and an infinite value is a missing one", () => {
  const filter = new ForwardFilter(full);
  const [calm, wild] = [...filter.step(Float64Array.of(0.3, 1.2))] as [number, number];
  const before = filter.logLikelihood;
  expect(filter.step(Float64Array.of(Number.NaN, Number.NaN))[0]).toBeCloseTo(0.95 * calm + 0.1 * wild, 14);
  expect(filter.logLikelihood).toBeCloseTo(before, 14);
  const [one, other] = [Number.NaN, Infinity].map((value) => {
    const fresh = new ForwardFilter(full);
    return [...fresh.step(Float64Array.of(value, 2))];
  });
  expect(one).toEqual(other);
});

test("after a reset the same rows have the same probabilities", () => {
  const { rows } = simulateHmm(full, 50, new Prng(4));
  const filter = new ForwardFilter(full);
  const walk = () => Array.from({ length: 50 }, (_, k) => [...filter.step(rows.subarray(2 * k, 2 * k + 2))]);
  const first = walk();
  const { logLikelihood } = filter;
  filter.reset();
  expect(walk()).toEqual(first);
  expect(filter.logLikelihood).toBe(logLikelihood);
});

test("diagonal covariances are full ones without correlation", () => {
  const { rows } = simulateHmm(diagonal, 100, new Prng(5));
  for (let k = 0; k < rows.length; k += 7) rows[k] = Number.NaN;
  const covariances = Float64Array.of(1, 0, 0, 0.5, 4, 0, 0, 1);
  const filters = [new ForwardFilter(diagonal), new ForwardFilter({ ...full, covariances })] as const;
  for (let k = 0; k < rows.length; k += 2) {
    const [one, other] = filters.map((filter) => filter.step(rows.subarray(k, k + 2))[0]!);
    expect(one).toBeCloseTo(other!, 12);
  }
});

const damaged: readonly (readonly [string, HmmParams])[] = [
  ["probabilities of another length", { ...full, initial: Float64Array.of(1) }],
  ["probabilities that do not add up", { ...full, transition: Float64Array.of(0.9, 0.2, 0.1, 0.9) }],
  ["a negative probability", { ...full, initial: Float64Array.of(1.5, -0.5) }],
  ["a mean that is not a number", { ...full, means: full.means.with(1, Number.NaN) }],
  ["a variance of zero", { ...diagonal, covariances: diagonal.covariances.with(2, 0) }],
  ["a matrix that is no covariance", { ...full, covariances: Float64Array.of(1, 2, 2, 1, 4, 0, 0, 1) }],
  ["no states", { ...full, states: 0 }],
  ["no features", { ...full, features: 0 }],
];

test.each(damaged)("a damaged model is refused: %s", (_, params) => {
  let caught: unknown;
  try {
    new ForwardFilter(params).reset();
  } catch (error) {
    caught = error;
  }
  expect((caught as KiwiError).parts?.code).toBe("HMM_PARAMS_INVALID");
});
