import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { KiwiError } from "../../base/errors.ts";
import { alignStates } from "../../../test/align-states.ts";
import { chooseStates } from "./choose-states.ts";
import { longRunShares } from "./dwell.ts";
import { fitHmm, keepLikeliest, runHmmRestart } from "./fit-hmm.ts";
import { ForwardFilter } from "./forward-filter.ts";
import { checkHmmParams, type HmmParams } from "./hmm-params.ts";
import { simulateHmm } from "./simulate-hmm.ts";

// A calm, a normal and a wild market: return of the row and the logarithm of its range.
const planted: HmmParams = {
  states: 3,
  features: 2,
  covariance: "full",
  initial: Float64Array.of(0.5, 0.3, 0.2),
  transition: Float64Array.of(0.97, 0.02, 0.01, 0.02, 0.96, 0.02, 0.03, 0.03, 0.94),
  means: Float64Array.of(0.001, 1, -0.0005, 1.5, 0, 2.5),
  covariances: Float64Array.of(1e-4, 1e-3, 1e-3, 0.09, 2e-4, -1e-3, -1e-3, 0.09, 9e-4, 2e-3, 2e-3, 0.16),
};
const length = 800;
const shape = { states: 3, features: 2, covariance: "full" } as const;

function likelihoodOf(params: HmmParams, rows: Float64Array): number {
  const filter = new ForwardFilter(params);
  for (let k = 0; k < rows.length; k += params.features) filter.step(rows.subarray(k, k + params.features));
  return filter.logLikelihood;
}

/** The second program: textbook forward and backward variables of two features, everything in logarithms. */
function plainTraining(
  rows: Float64Array,
  steps: number,
): { means: number[][]; transition: number[][]; likelihood: number } {
  const [states, count] = [3, rows.length / 2];
  const all = [0, 1, 2];
  const logSum = (terms: readonly number[]) => {
    const top = Math.max(...terms);
    return top + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - top), 0));
  };
  let initial = [...planted.initial];
  let transition = all.map((from) => [...planted.transition.subarray(states * from, states * from + states)]);
  let means = all.map((k) => [...planted.means.subarray(2 * k, 2 * k + 2)]);
  let spreads = all.map((k) => [0, 1, 3].map((j) => planted.covariances[4 * k + j]!));
  let likelihood = Number.NaN;
  for (let step = 0; step <= steps; step++) {
    const emission = (row: number) =>
      all.map((k) => {
        const [xx, xy, yy] = spreads[k] as [number, number, number];
        const [x, y] = [rows[2 * row]! - means[k]![0]!, rows[2 * row + 1]! - means[k]![1]!];
        const determinant = xx * yy - xy * xy;
        const square = (yy * x * x - 2 * xy * x * y + xx * y * y) / determinant;
        return -square / 2 - Math.log(2 * Math.PI) - Math.log(determinant) / 2;
      });
    const emissions = Array.from({ length: count }, (_, row) => emission(row));
    const logTransition = transition.map((line) => line.map(Math.log));
    const forward: number[][] = [all.map((k) => Math.log(initial[k]!) + emissions[0]![k]!)];
    for (let row = 1; row < count; row++) {
      const before = forward[row - 1]!;
      forward.push(
        all.map(
          (to) => emissions[row]![to]! + logSum(all.map((from) => before[from]! + logTransition[from]![to]!)),
        ),
      );
    }
    likelihood = logSum(forward[count - 1]!);
    if (step === steps) break;
    let backward = [0, 0, 0];
    const shares: number[][] = [];
    const pairs = all.map(() => [0, 0, 0]);
    for (let row = count - 1; row >= 0; row--) {
      shares[row] = all.map((k) => Math.exp(forward[row]![k]! + backward[k]! - likelihood));
      if (row === 0) break;
      const onward = all.map((to) => emissions[row]![to]! + backward[to]!);
      for (const from of all) {
        for (const to of all) {
          pairs[from]![to]! += Math.exp(
            forward[row - 1]![from]! + logTransition[from]![to]! + onward[to]! - likelihood,
          );
        }
      }
      backward = all.map((from) => logSum(all.map((to) => logTransition[from]![to]! + onward[to]!)));
    }
    const weights = all.map((k) => shares.reduce((sum, share) => sum + share[k]!, 0));
    const average = (k: number, of: (row: number) => number) =>
      shares.reduce((sum, share, row) => sum + share[k]! * of(row), 0) / weights[k]!;
    means = all.map((k) => [average(k, (row) => rows[2 * row]!), average(k, (row) => rows[2 * row + 1]!)]);
    const off = (k: number, row: number, feature: number) => rows[2 * row + feature]! - means[k]![feature]!;
    spreads = all.map((k) =>
      [
        [0, 0],
        [0, 1],
        [1, 1],
      ].map(([one, other]) => average(k, (row) => off(k, row, one!) * off(k, row, other!))),
    );
    transition = pairs.map((line) => line.map((pair) => pair / (line[0]! + line[1]! + line[2]!)));
    initial = shares[0]!;
  }
  return { means, transition, likelihood };
}

test("planted markets are found again from 20 seeds, and a program in plain logarithms ends at the same place", () => {
  const shares = longRunShares(planted);
  for (let seed = 1; seed <= 20; seed++) {
    const { rows } = simulateHmm(planted, length, new Prng(seed));
    const fit = fitHmm(rows, length, { ...shape, seed });
    expect(fit.converged).toBe(true);
    expect(fit.restarts).toHaveLength(8);
    expect(fit.logLikelihood).toBeGreaterThan(likelihoodOf(planted, rows));
    expect(likelihoodOf(fit.params, rows)).toBeCloseTo(fit.logLikelihood, 6);
    const found = alignStates(planted, fit.params);
    for (let k = 0; k < 6; k++) {
      // Dependence between rows costs some of the precision of independent ones: five standard errors instead of four.
      const variance = planted.covariances[4 * (k >> 1) + 3 * (k & 1)]!;
      const error = Math.sqrt(variance / (length * shares[k >> 1]!));
      expect(Math.abs(found.means[k]! - planted.means[k]!)).toBeLessThan(5 * error);
      const ratio = found.covariances[4 * (k >> 1) + 3 * (k & 1)]! / variance;
      expect(Math.abs(Math.log(ratio))).toBeLessThan(5 * Math.sqrt(2 / (length * shares[k >> 1]!)));
    }
    for (const k of [0, 4, 8])
      expect(Math.abs(found.transition[k]! - planted.transition[k]!)).toBeLessThan(0.1);
    if (seed > 3) continue;
    const plain = plainTraining(rows, 40);
    expect(Math.abs(plain.likelihood - fit.logLikelihood)).toBeLessThan(0.001);
    for (let k = 0; k < 6; k++) {
      const deviation = Math.sqrt(planted.covariances[4 * (k >> 1) + 3 * (k & 1)]!);
      expect(Math.abs(found.means[k]! - plain.means[k >> 1]![k & 1]!)).toBeLessThan(0.002 * deviation);
    }
    for (let k = 0; k < 9; k++) {
      expect(found.transition[k]).toBeCloseTo(plain.transition[Math.floor(k / 3)]![k % 3]!, 3);
    }
  }
});

test("where k-means ends in a bad place, another start does not", () => {
  const { rows } = simulateHmm(planted, 1_000, new Prng(4));
  const fit = fitHmm(rows, 1_000, { ...shape, seed: 4 });
  expect(fit.restarts[0]!.start).toBe("k-means 0.95");
  expect(fit.logLikelihood - fit.restarts[0]!.logLikelihood).toBeGreaterThan(100);
  expect(new Set(fit.restarts.map(({ start }) => start)).size).toBe(8);
});

test("states that differ in nothing but spread are told apart", () => {
  const spreads: HmmParams = {
    states: 2,
    features: 1,
    covariance: "diagonal",
    initial: Float64Array.of(0.5, 0.5),
    transition: Float64Array.of(0.99, 0.01, 0.02, 0.98),
    means: Float64Array.of(0, 0),
    covariances: Float64Array.of(1e-4, 9e-4),
  };
  const { rows } = simulateHmm(spreads, 2_000, new Prng(3));
  const { params, logLikelihood } = fitHmm(rows, 2_000, {
    ...shape,
    states: 2,
    features: 1,
    covariance: "diagonal",
    seed: 1,
  });
  expect(logLikelihood).toBeGreaterThan(likelihoodOf(spreads, rows));
  for (const k of [0, 1])
    expect(Math.abs(params.covariances[k]! / spreads.covariances[k]! - 1)).toBeLessThan(0.15);
});

const { rows: sample } = simulateHmm(planted, 400, new Prng(9));

function bytes({ params, logLikelihood }: { params: HmmParams; logLikelihood: number }): readonly number[] {
  return [...params.initial, ...params.transition, ...params.means, ...params.covariances, logLikelihood];
}

test("the same seed gives the same bytes however the attempts are shared out, another seed another start", () => {
  const options = { ...shape, seed: 7 };
  const fit = fitHmm(sample, 400, options);
  // Three workers, each with its share, reporting in an order of their own.
  const shared = [5, 2, 7, 0, 3, 6, 1, 4].map((restart) =>
    runHmmRestart(sample.slice(), 400, options, restart),
  );
  expect(keepLikeliest(shared)).toEqual(fit);
  expect(bytes(fitHmm(sample, 400, options))).toEqual(bytes(fit));
  const others = fitHmm(sample, 400, { ...options, seed: 8 }).restarts.map(({ iterations }) => iterations);
  expect(others).not.toEqual(fit.restarts.map(({ iterations }) => iterations));
});

test("of equally likely attempts the first one wins", () => {
  const attempt = runHmmRestart(sample, 400, { ...shape, seed: 7 }, 1);
  const twin = { ...attempt, restart: 4, iterations: attempt.iterations + 1 };
  expect(keepLikeliest([twin, attempt]).iterations).toBe(attempt.iterations);
});

test.each(["diagonal", "full"] as const)(
  "no step lowers the likelihood, also with missing values: %s",
  (covariance) => {
    const rows = sample.slice();
    const prng = new Prng(10);
    for (let k = 0; k < rows.length; k++) if (prng.next() < 0.15) rows[k] = Number.NaN;
    let before = -Infinity;
    for (let iterationsMax = 1; iterationsMax <= 40; iterationsMax += 1) {
      const options = { ...shape, covariance, seed: 2, iterationsMax, tolerance: 0 };
      const { logLikelihood } = runHmmRestart(rows, 400, options, 4);
      expect(logLikelihood).toBeGreaterThanOrEqual(before - 1e-9);
      before = logLikelihood;
    }
  },
);

test("a third of the values missing moves the estimates and does not spoil them", () => {
  const { rows } = simulateHmm(planted, 3_000, new Prng(12));
  const prng = new Prng(13);
  for (let k = 0; k < rows.length; k++) if (prng.next() < 1 / 3) rows[k] = Number.NaN;
  const found = alignStates(planted, fitHmm(rows, 3_000, { ...shape, seed: 1, restarts: 3 }).params);
  for (const k of [1, 3, 5]) expect(Math.abs(found.means[k]! - planted.means[k]!)).toBeLessThan(0.1);
});

test("units do not matter: scaled and shifted rows give the scaled and shifted model", () => {
  const moved = sample.map((value, k) => (k % 2 === 0 ? 1e6 * value + 5e6 : value / 1000 - 2));
  const [here, there] = [sample, moved].map((rows) => fitHmm(rows, 400, { ...shape, seed: 3, restarts: 2 }));
  expect(there!.params.means[0]).toBeCloseTo(1e6 * here!.params.means[0]! + 5e6, 1);
  expect(there!.params.covariances[1]! / (1000 * here!.params.covariances[1]!)).toBeCloseTo(1, 6);
  expect(there!.logLikelihood).toBeCloseTo(here!.logLikelihood - 400 * Math.log(1000), 4);
});

test("BIC finds the number of planted states, and both criteria count the free numbers", () => {
  const { rows } = simulateHmm(planted, 1_500, new Prng(14));
  const { states: _, ...options } = { ...shape, seed: 5, restarts: 4, iterationsMax: 60 };
  const { fits, best } = chooseStates(rows, 1_500, { ...options, statesMin: 1, statesMax: 4 });
  expect(fits.map(({ params }) => params.states)).toEqual([1, 2, 3, 4]);
  expect(best.params.states).toBe(3);
  // 2 initial, 6 transition, 6 means, 9 covariances.
  expect(best.aic).toBeCloseTo(2 * 23 - 2 * best.logLikelihood, 8);
  expect(best.bic).toBeCloseTo(23 * Math.log(1_500) - 2 * best.logLikelihood, 8);
});

test("stickiness makes states last longer", () => {
  const stay = (stickiness: number) => {
    const { params } = fitHmm(sample, 400, { ...shape, seed: 3, restarts: 2, stickiness });
    return [0, 4, 8].map((at) => params.transition[at]!);
  };
  const [free, sticky] = [stay(0), stay(200_000)];
  expect(sticky.reduce((a, b) => a + b)).toBeGreaterThan(free.reduce((a, b) => a + b) + 0.02);
  // Of every state, the last one too: so much beforehand leaves nothing to the bars.
  for (const chance of sticky) expect(chance).toBeGreaterThan(0.99);
});

const column = { states: 2, features: 1, covariance: "diagonal", seed: 1 } as const;
const noise = Float64Array.from({ length: 60 }, (_, k) => Math.sin(k * k));
const refused: readonly (readonly [string, () => unknown])[] = [
  ["HMM_CONSTANT", () => fitHmm(new Float64Array(100), 100, column)],
  ["HMM_CONSTANT", () => fitHmm(new Float64Array(100).fill(0.1), 100, column)],
  [
    "HMM_CONSTANT",
    () =>
      fitHmm(
        noise.map((value) => 1e9 + value * 1e-5),
        60,
        column,
      ),
  ],
  ["HMM_TOO_FEW_ROWS", () => fitHmm(noise, 3, column)],
  ["HMM_TOO_FEW_ROWS", () => fitHmm(noise, 0, column)],
  ["HMM_TOO_FEW_ROWS", () => fitHmm(new Float64Array(50).fill(Number.NaN), 50, column)],
  [
    "HMM_MISSING",
    () =>
      fitHmm(
        noise.map((v, k) => (k % 2 === 0 ? v : Number.NaN)),
        30,
        { ...column, features: 2 },
      ),
  ],
  ["HMM_INFINITE", () => fitHmm(noise.with(7, -Infinity), 60, column)],
  ["HMM_INFINITE", () => fitHmm(noise.with(7, 1e200), 60, column)],
  ["HMM_OPTIONS_INVALID", () => fitHmm(noise, 60, { ...column, states: 0 })],
  ["HMM_OPTIONS_INVALID", () => fitHmm(noise, 60, { ...column, restarts: 0.5 })],
  ["HMM_OPTIONS_INVALID", () => fitHmm(noise, 60, { ...column, tolerance: Number.NaN })],
  ["HMM_OPTIONS_INVALID", () => fitHmm(noise, 60, { ...column, warmStart: planted })],
];

test.each(refused)("what cannot be fitted is refused: %s", (code, work) => {
  let caught: unknown;
  try {
    work();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(KiwiError);
  expect((caught as KiwiError).parts.code).toBe(code);
});

const odd: readonly (readonly [string, Float64Array, number])[] = [
  ["two values and four states", Float64Array.from({ length: 80 }, (_, k) => (k >> 3) & 1), 4],
  ["one row apart from all others", new Float64Array(80).with(40, 1), 3],
  ["one monstrous row", noise.with(30, 1e90), 3],
  ["as few rows as allowed", noise.subarray(0, 8), 4],
  ["long gaps", noise.map((value, k) => (k % 10 < 7 ? Number.NaN : value)), 3],
  ["one state only", noise, 1],
];

test.each(odd)("odd rows give a model of numbers: %s", (_, rows, states) => {
  for (const covariance of ["diagonal", "full"] as const) {
    const fit = fitHmm(rows, rows.length, { states, features: 1, covariance, seed: 1 });
    checkHmmParams(fit.params);
    expect(Number.isFinite(fit.bic)).toBe(true);
    expect(fit.restarts.every(({ logLikelihood }) => Number.isFinite(logLikelihood))).toBe(true);
  }
});

test("rows of any shape and size give a model of numbers, or a refusal", () => {
  const prng = new Prng(99);
  const shapes: readonly ((noise: number) => number)[] = [
    Math.round,
    (noise) => noise ** 9,
    (noise) => (noise < 1.3 ? 0 : noise),
    (noise) => Math.exp(20 * noise),
    (noise) => 1 / noise,
  ];
  let fitted = 0;
  for (let run = 0; run < 100; run++) {
    const [features, states, count] = [1 + prng.integer(3), 1 + prng.integer(4), 5 + prng.integer(60)];
    const bend = shapes[run % shapes.length]!;
    const scale = 10 ** (prng.integer(80) - 40);
    const rows = Float64Array.from({ length: count * features }, () =>
      prng.next() < 0.1 * (run % 4) ? Number.NaN : scale * bend(prng.normal()),
    );
    const covariance = run % 2 === 0 ? "full" : "diagonal";
    try {
      checkHmmParams(
        fitHmm(rows, count, { states, features, covariance, seed: run, iterationsMax: 30 }).params,
      );
      fitted += 1;
    } catch (error) {
      expect((error as KiwiError).parts?.code).toMatch(/^HMM_(TOO_FEW_ROWS|CONSTANT|MISSING)$/);
    }
  }
  expect(fitted).toBeGreaterThan(70);
});

test("features that are copies of each other are held apart by the floor", () => {
  const rows = Float64Array.from({ length: 120 }, (_, k) => noise[k >> 1]! * (k & 1 ? 2 : 1));
  const { params } = fitHmm(rows, 60, { states: 2, features: 2, covariance: "full", seed: 1 });
  checkHmmParams(params);
});

test("a state that no row belongs to keeps what it had", () => {
  const warmStart: HmmParams = {
    ...column,
    states: 2,
    initial: Float64Array.of(1, 0),
    transition: Float64Array.of(1, 0, 0, 1),
    means: Float64Array.of(0, 50),
    covariances: Float64Array.of(1, 2),
  };
  const { params } = fitHmm(noise, 60, { ...column, restarts: 1, warmStart });
  expect(params.means[1]).toBeCloseTo(50, 10);
  expect(params.covariances[1]).toBeCloseTo(2, 10);
  expect([...params.transition.subarray(2)]).toEqual([0, 1]);
});
