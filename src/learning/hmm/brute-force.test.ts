import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { smoothStates } from "./analysis/smooth-states.ts";
import { viterbi } from "./analysis/viterbi.ts";
import { fitHmm } from "./fit-hmm.ts";
import { ForwardFilter } from "./forward-filter.ts";
import type { HmmParams } from "./hmm-params.ts";

// Everything here is computed a second time by listing every path of states and adding up, with densities of two features
// written out by hand. Nothing of the code under test is used.

const model: HmmParams = {
  states: 2,
  features: 2,
  covariance: "full",
  initial: Float64Array.of(0.6, 0.4),
  transition: Float64Array.of(0.7, 0.3, 0.2, 0.8),
  means: Float64Array.of(0.5, -1, -0.5, 1),
  covariances: Float64Array.of(1, 0.3, 0.3, 0.5, 2, -0.6, -0.6, 1.5),
};
const diagonalModel: HmmParams = {
  ...model,
  covariance: "diagonal",
  covariances: Float64Array.of(1, 0.5, 2, 1.5),
};
const prng = new Prng(8);
const length = 8;
const complete = Float64Array.from({ length: 2 * length }, () => 1.5 * prng.normal());
const gappy = complete.slice();
// Row 2 lacks the first feature, row 5 the second, row 6 both.
for (const k of [4, 11, 12, 13]) gappy[k] = Number.NaN;

/** Mean and covariance of a state as [first mean, second mean, first variance, second variance, covariance]. */
type Shape = readonly [number, number, number, number, number];

function shapesOf({ covariance, means, covariances }: HmmParams): readonly Shape[] {
  return [0, 1].map((state) => {
    const [first, second] = [means[2 * state]!, means[2 * state + 1]!];
    return covariance === "full"
      ? [first, second, covariances[4 * state]!, covariances[4 * state + 3]!, covariances[4 * state + 1]!]
      : [first, second, covariances[2 * state]!, covariances[2 * state + 1]!, 0];
  });
}

function density(
  [firstMean, secondMean, firstVariance, secondVariance, shared]: Shape,
  x: number,
  y: number,
): number {
  const one = (value: number, mean: number, variance: number) =>
    Math.exp(-((value - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
  if (Number.isNaN(x) && Number.isNaN(y)) return 1;
  if (Number.isNaN(x)) return one(y, secondMean, secondVariance);
  if (Number.isNaN(y)) return one(x, firstMean, firstVariance);
  const determinant = firstVariance * secondVariance - shared * shared;
  const [u, v] = [x - firstMean, y - secondMean];
  const square = (secondVariance * u * u - 2 * shared * u * v + firstVariance * v * v) / determinant;
  return Math.exp(-square / 2) / (2 * Math.PI * Math.sqrt(determinant));
}

type Path = { readonly states: readonly number[]; readonly joint: number };

function allPaths(params: HmmParams, rows: Float64Array, count: number): readonly Path[] {
  const shapes = shapesOf(params);
  return Array.from({ length: 2 ** count }, (_, code) => {
    const states = Array.from({ length: count }, (_, row) => (code >> row) & 1);
    const joint = states.reduce((product, state, row) => {
      const step = row === 0 ? params.initial[state]! : params.transition[states[row - 1]! * 2 + state]!;
      return product * step * density(shapes[state]!, rows[2 * row]!, rows[2 * row + 1]!);
    }, 1);
    return { states, joint };
  });
}

function sumOf(
  paths: readonly Path[],
  isCounted: (states: readonly number[]) => boolean = () => true,
): number {
  return paths.reduce((sum, { states, joint }) => sum + (isCounted(states) ? joint : 0), 0);
}

const cases = [
  ["full", model, complete],
  ["full with missing values", model, gappy],
  ["diagonal", diagonalModel, complete],
  ["diagonal with missing values", diagonalModel, gappy],
] as const;

test.each(cases)("filter and likelihood are sums over all paths: %s", (_, params, rows) => {
  const filter = new ForwardFilter(params);
  for (let row = 0; row < length; row++) {
    const posterior = filter.step(rows.subarray(2 * row, 2 * row + 2));
    const paths = allPaths(params, rows, row + 1);
    expect(filter.logLikelihood).toBeCloseTo(Math.log(sumOf(paths)), 12);
    for (const state of [0, 1]) {
      const share = sumOf(paths, (states) => states[row] === state) / sumOf(paths);
      expect(posterior[state]).toBeCloseTo(share, 13);
    }
  }
});

test.each(cases)(
  "smoothed shares and the likeliest path are those among all paths: %s",
  (_, params, rows) => {
    const paths = allPaths(params, rows, length);
    const smoothed = smoothStates(params, rows, length);
    for (let row = 0; row < length; row++) {
      const share = sumOf(paths, (states) => states[row] === 1) / sumOf(paths);
      expect(smoothed[2 * row + 1]).toBeCloseTo(share, 13);
      expect(smoothed[2 * row]).toBeCloseTo(1 - share, 13);
    }
    const likeliest = paths.reduce((best, path) => (path.joint > best.joint ? path : best));
    expect([...viterbi(params, rows, length)]).toEqual(likeliest.states);
  },
);

/** One step of expectation maximisation by the textbook: every sum over every path. */
function bruteStep(
  params: HmmParams,
  rows: Float64Array,
): { shapes: Shape[]; initial: number[]; transition: number[] } {
  const paths = allPaths(params, rows, length);
  const total = sumOf(paths);
  const share = (isCounted: (states: readonly number[]) => boolean) => sumOf(paths, isCounted) / total;
  const shapes = shapesOf(params).map((shape, state): Shape => {
    let [weights, x, y, xx, yy, xy, xWeights, yWeights] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let row = 0; row < length; row++) {
      const weight = share((states) => states[row] === state);
      const filled = fill(shape, rows[2 * row]!, rows[2 * row + 1]!, params.covariance);
      if (filled === null) continue;
      const hasX = params.covariance === "full" || !Number.isNaN(rows[2 * row]!);
      const hasY = params.covariance === "full" || !Number.isNaN(rows[2 * row + 1]!);
      weights += weight;
      if (hasX) [x, xx, xWeights] = [x + weight * filled.x, xx + weight * filled.xx, xWeights + weight];
      if (hasY) [y, yy, yWeights] = [y + weight * filled.y, yy + weight * filled.yy, yWeights + weight];
      xy += weight * filled.xy;
    }
    const [meanX, meanY] = [x / xWeights, y / yWeights];
    const shared = params.covariance === "full" ? xy / weights - meanX * meanY : 0;
    return [meanX, meanY, xx / xWeights - meanX ** 2, yy / yWeights - meanY ** 2, shared];
  });
  const counts = [0, 1, 2, 3].map((pair) => {
    let sum = 0;
    for (let row = 1; row < length; row++) {
      sum += share((states) => states[row - 1] === pair >> 1 && states[row] === (pair & 1));
    }
    return sum;
  });
  return {
    shapes,
    initial: [0, 1].map((state) => share((states) => states[0] === state)),
    transition: counts.map((count, k) => count / (counts[k & 2]! + counts[(k & 2) + 1]!)),
  };
}

/** Expected values and products of a row whose missing feature is drawn given the other one; null without both. */
function fill(
  [firstMean, secondMean, firstVariance, secondVariance, shared]: Shape,
  x: number,
  y: number,
  covariance: "diagonal" | "full",
): { x: number; y: number; xx: number; yy: number; xy: number } | null {
  if (Number.isNaN(x) && Number.isNaN(y)) return null;
  if (covariance === "diagonal") {
    const [atX, atY] = [Number.isNaN(x) ? 0 : x, Number.isNaN(y) ? 0 : y];
    return { x: atX, y: atY, xx: atX ** 2, yy: atY ** 2, xy: 0 };
  }
  if (Number.isNaN(x)) {
    const expected = firstMean + (shared / secondVariance) * (y - secondMean);
    const rest = firstVariance - shared ** 2 / secondVariance;
    return { x: expected, y, xx: expected ** 2 + rest, yy: y ** 2, xy: expected * y };
  }
  if (Number.isNaN(y)) {
    const expected = secondMean + (shared / firstVariance) * (x - firstMean);
    const rest = secondVariance - shared ** 2 / firstVariance;
    return { x, y: expected, xx: x ** 2, yy: expected ** 2 + rest, xy: x * expected };
  }
  return { x, y, xx: x ** 2, yy: y ** 2, xy: x * y };
}

test.each(cases)("one step of training is the step over all paths: %s", (_, params, rows) => {
  const { states, features, covariance } = params;
  const options = { states, features, covariance, seed: 1, restarts: 1, warmStart: params, iterationsMax: 1 };
  const fit = fitHmm(rows, length, { ...options, covarianceFloor: 1e-9 });
  const wanted = bruteStep(params, rows);
  // A fit puts the state whose first feature varies least in front.
  const order = wanted.shapes[0]![2] <= wanted.shapes[1]![2] ? [0, 1] : [1, 0];
  const found = shapesOf(fit.params);
  for (const [to, from] of order.entries()) {
    for (let k = 0; k < 5; k++) expect(found[to]![k]).toBeCloseTo(wanted.shapes[from]![k]!, 11);
    expect(fit.params.initial[to]).toBeCloseTo(wanted.initial[from]!, 7);
    for (const [column, state] of order.entries()) {
      expect(fit.params.transition[2 * to + column]).toBeCloseTo(wanted.transition[2 * from + state]!, 7);
    }
  }
  // The likelihood that a fit reports is that of the model it returns.
  expect(fit.logLikelihood).toBeCloseTo(Math.log(sumOf(allPaths(fit.params, rows, length))), 10);
  expect(fit.logLikelihood).toBeGreaterThan(Math.log(sumOf(allPaths(params, rows, length))));
});

test("two rows worked out with a pencil", () => {
  // Variance 1 / (2 pi): the density at distance d from the mean is exp(-pi d^2), 1 at the mean and 1/2 at `half`.
  const half = Math.sqrt(Math.LN2 / Math.PI);
  const params: HmmParams = {
    states: 2,
    features: 1,
    covariance: "diagonal",
    initial: Float64Array.of(1 / 2, 1 / 2),
    transition: Float64Array.of(3 / 4, 1 / 4, 1 / 4, 3 / 4),
    means: Float64Array.of(0, half),
    covariances: Float64Array.of(1 / (2 * Math.PI), 1 / (2 * Math.PI)),
  };
  const filter = new ForwardFilter(params);
  // Row 0: (1/2 x 1, 1/2 x 1/2), together 3/4. Next: (2/3 x 3/4 + 1/3 x 1/4, ...) = (7/12, 5/12).
  const first = [...filter.step(Float64Array.of(0))];
  expect(first[0]).toBeCloseTo(2 / 3, 14);
  expect(filter.logLikelihood).toBeCloseTo(Math.log(3 / 4), 14);
  // Row 1: (7/12 x 1/2, 5/12 x 1), together 17/24.
  const second = [...filter.step(Float64Array.of(half))];
  expect(second[0]).toBeCloseTo(7 / 17, 14);
  expect(filter.logLikelihood).toBeCloseTo(Math.log((3 / 4) * (17 / 24)), 14);
  // Knowing row 1, row 0 was in state 0 with 1/2 x 1 x (3/4 x 1/2 + 1/4 x 1) = 10/32 against 7/32.
  const rows = Float64Array.of(0, half, half);
  expect(smoothStates(params, rows, 2)[0]).toBeCloseTo(10 / 17, 14);
  // Three rows: the path 1 1 1 has 18/128, 0 1 1 has 12/128, 0 0 0 has 9/128; yet the filter chose 0 at first.
  expect([...viterbi(params, rows, 3)]).toEqual([1, 1, 1]);
});
