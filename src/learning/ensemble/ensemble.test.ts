import fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { excessCalibrationError } from "../judge/calibration-drift.ts";
import { shrunkenKelly } from "../judge/shrunken-kelly.ts";
import { EnsembleRows, type EnsembleRule, type MemberRows } from "./ensemble-rows.ts";
import {
  favour,
  finalWeights,
  judgedFactors,
  patienceWith,
  recordFactor,
  termOf,
  termWeights,
  type RegimeShares,
} from "./member-weights.ts";
import { betaWith, opinionOf, poolOpinions, rangeOf, type Opinion } from "./pool-opinions.ts";

const terms = ["short", "medium", "long"] as const;
const only = (regime: keyof RegimeShares): RegimeShares => ({
  trending: 0,
  ranging: 0,
  volatile: 0,
  unknown: 0,
  [regime]: 1,
});

test("weights by regime are those that were asked for, and half of them in a volatile market", () => {
  expect(termWeights(terms, only("trending"))).toEqual([0.3, 0.35, 0.35]);
  expect(termWeights(terms, only("ranging"))).toEqual([0.5, 0.3, 0.2]);
  expect(termWeights(terms, only("volatile")).reduce((a, b) => a + b)).toBeCloseTo(0.5, 12);
  // Two of one term share its weight, and that of a term that nobody stands for goes to the others.
  const shared = termWeights(["medium", "medium", "short"], only("ranging"));
  expect(shared[0]).toBe(shared[1]);
  expect(shared[2]).toBeCloseTo(0.5 / 0.8, 12);
  expect(shared.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  expect([4, 24, 120].map(termOf)).toEqual(terms);
});

test("a record is the likelihood against a coin, and what nobody earns belongs to the coin", () => {
  expect(recordFactor([], [])).toBe(1);
  expect(recordFactor([0.6, 0.6, 0.3], [true, false, false])).toBeCloseTo(1.2 * 0.8 * 1.4, 12);
  expect(recordFactor(Array<number>(50).fill(0.9), Array<boolean>(50).fill(false))).toBeCloseTo(1 / 8, 12);
  expect(finalWeights([0.5, 0.5], [4, 1], [1, 1])).toEqual([0.8, 0.2]);
  expect(finalWeights([0.5, 0.5], [0.6, 0.6], [0.9, 0.1])[0]).toBeCloseTo(0.9, 12);
  expect(finalWeights([0.5, 0.5], [0.125, 0.125], [1, 1])).toEqual([0.125, 0.125]);
  // In a volatile market a half is all there is.
  expect(finalWeights([0.25, 0.25], [4, 4], [1, 1])).toEqual([0.25, 0.25]);
});

test("what members were judged by shifts weight to the better, two records at most, and lends patience", () => {
  const [good, better, worse] = [
    { gain: 0.01, outcomes: 500 },
    { gain: 0.012, outcomes: 400 },
    { gain: -0.1, outcomes: 900 },
  ];
  expect(judgedFactors([good, better, worse])).toEqual([
    expect.closeTo(Math.exp(400 * (0.01 - 0.012)), 12) as number,
    1,
    1 / 64,
  ]);
  // Of somebody whom nobody judged nothing is known, good or bad.
  expect(judgedFactors([good, null])).toEqual([1, 1]);
  expect(favour([0.25, 0.25], [1, 1 / 4])).toEqual([0.4, 0.1]);
  expect(patienceWith([null, null])).toBe(2);
  expect(patienceWith([worse, good])).toBe(8);
  expect(patienceWith([{ gain: 0.01, outcomes: 100 }])).toBeCloseTo(Math.E, 12);
  // Records of the worst of luck are overlooked then, and are not without a judgement.
  expect(finalWeights([0.5, 0.5], [0.25, 0.25], [1, 1], 8)).toEqual([0.5, 0.5]);
  expect(finalWeights([0.5, 0.5], [0.25, 0.25], [1, 1])).toEqual([0.25, 0.25]);
});

test("pools of Beta opinions have the moments of a mixture, and those of a product of powers", () => {
  const opinions: readonly Opinion[] = [
    { alpha: 30, beta: 20 },
    { alpha: 8, beta: 12 },
  ];
  const linear = poolOpinions(opinions, [0.7, 0.3], { pool: "linear", penalty: 1 });
  // The moments of the mixture, by adding up its density.
  const steps = 20_000;
  const density = ({ alpha, beta }: Opinion) => {
    const values = Float64Array.from({ length: steps }, (_, k) => {
      const x = (k + 0.5) / steps;
      return x ** (alpha - 1) * (1 - x) ** (beta - 1);
    });
    const sum = values.reduce((a, b) => a + b, 0);
    return values.map((value) => value / sum);
  };
  const [first, second] = opinions.map(density) as [Float64Array, Float64Array];
  const moments = (of: (k: number) => number) => {
    let [mean, square] = [0, 0];
    for (let k = 0; k < steps; k++) {
      const x = (k + 0.5) / steps;
      mean += x * of(k);
      square += x * x * of(k);
    }
    return { mean, variance: square - mean * mean };
  };
  const mixture = moments((k) => 0.7 * first[k]! + 0.3 * second[k]!);
  expect(linear.mean).toBeCloseTo(mixture.mean, 8);
  expect(linear.variance).toBeCloseTo(mixture.variance, 8);
  const logarithmic = poolOpinions(opinions, [0.7, 0.3], { pool: "logarithmic", penalty: 0 });
  const raw = first.map((value, k) => value ** 0.7 * second[k]! ** 0.3);
  const whole = raw.reduce((a, b) => a + b, 0);
  const product = moments((k) => raw[k]! / whole);
  expect(logarithmic.mean).toBeCloseTo(product.mean, 6);
  expect(logarithmic.variance).toBeCloseTo(product.variance, 6);
});

test("the same from all is the same from one, with full agreement; disagreement only widens", () => {
  const pools = fc.constantFrom("linear" as const, "logarithmic" as const);
  const inside = fc.double({ min: 0.3, max: 0.7, noNaN: true });
  fc.assert(
    fc.property(
      pools,
      inside,
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      (pool, mean, a, b) => {
        const options = { pool, penalty: 1 };
        const one = opinionOf(mean, mean - 0.03, mean + 0.03);
        const same = poolOpinions([one, one], [0.4, 0.6], options);
        expect(same.mean).toBeCloseTo(mean, 9);
        expect(same.agreement).toBeCloseTo(1, 9);
        const [near, far] = [Math.min(a, b), Math.max(a, b)];
        const apart = (distance: number) =>
          poolOpinions(
            [-distance, distance].map((shift) => betaWith(mean + shift, 1e-4)),
            [0.5, 0.5],
            options,
          );
        expect(apart(far).agreement).toBeLessThanOrEqual(apart(near).agreement + 1e-12);
        expect(apart(far).variance).toBeGreaterThanOrEqual(apart(near).variance - 1e-7);
      },
    ),
    { seed: 20_261_130 },
  );
});

test("more disagreement, or worse outcomes, never give a larger order", () => {
  const random = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const outcomes = fc.array(fc.tuple(fc.double({ min: 0.4, max: 0.6, noNaN: true }), fc.boolean()), {
    minLength: 20,
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      fc.constantFrom("linear" as const, "logarithmic" as const),
      fc.double({ min: 0.42, max: 0.58, noNaN: true }),
      random(0.1),
      random(0.1),
      random(1),
      outcomes,
      (pool, mean, a, b, trust, seen) => {
        const promised = seen.map(([chance]) => chance);
        const sizeAt = (distance: number, came: readonly number[]) => {
          const members = [-distance, distance].map((shift) => betaWith(mean + shift, 1e-5));
          const pooled = poolOpinions(members, [0.5, 0.5], { pool, penalty: 1 });
          const { low, high } = rangeOf(pooled, trust, 0);
          const calibrationError = excessCalibrationError(promised, came, 1);
          return Math.abs(shrunkenKelly({ low, high, calibrationError, move: 0.01, cost: 0, kelly: 0.25 }));
        };
        const came = seen.map(([, rose]) => (rose ? 1 : 0));
        const exact = promised;
        expect(sizeAt(Math.max(a, b), came)).toBeLessThanOrEqual(sizeAt(Math.min(a, b), came) + 1e-9);
        // As promised on average, and as it came: an error can only take away.
        expect(sizeAt(a, came)).toBeLessThanOrEqual(sizeAt(a, exact) + 1e-12);
      },
    ),
    { seed: 20_261_130 },
  );
});

const rule: EnsembleRule = {
  horizons: [1, 1],
  terms: ["short", "short"],
  judgements: [null, null],
  horizonBars: 1,
  lookbackTrades: 50,
  pool: "linear",
  penalty: 1,
  timeframeMs: 3_600_000,
};

/** A market whose next move the first member knows with six chances in ten; the second says the same and knows nothing. */
function informedAndNot(rows: number, seed: number) {
  const random = new Prng(seed);
  const close = new Float64Array(rows).fill(100);
  const knows = new Float64Array(rows);
  const guesses = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const isUp = random.next() < 0.5;
    if (row > 0)
      close[row] = close[row - 1]! * (random.next() < (knows[row - 1]! > 0.5 ? 0.65 : 0.35) ? 1.01 : 0.99);
    knows[row] = isUp ? 0.65 : 0.35;
    guesses[row] = random.next() < 0.5 ? 0.65 : 0.35;
  }
  const series = (probability: Float64Array) => ({
    probability,
    low: probability.map((p) => p - 0.05),
    high: probability.map((p) => p + 0.05),
  });
  const members: MemberRows = { from: 0, to: rows, of: [series(knows), series(guesses)] };
  const closeTimeMs = Float64Array.from({ length: rows }, (_, row) => row * 3_600_000);
  return { members, moment: { close, closeTimeMs, shares: [0, 0, 0, 0, 1] } };
}

test.each(["linear", "logarithmic", "stacked"] as const)(
  "the %s pool follows the member that knows something, by outcomes that are known",
  (pool) => {
    const { members, moment } = informedAndNot(1_500, 3);
    const rows = new EnsembleRows({ ...rule, pool });
    let [towards, count, heavier] = [0, 0, 0];
    for (let row = 300; row < 1_500; row++) {
      const spoken = rows.speak(members, row, moment)!;
      const knows = members.of[0]!.probability[row]! > 0.5;
      const guesses = members.of[1]!.probability[row]! > 0.5;
      heavier += spoken.weights[0]! > spoken.weights[1]! ? 1 : 0;
      if (knows === guesses) continue;
      count += 1;
      towards += spoken.pooled.mean > 0.5 === knows ? 1 : 0;
      // What comes later is not there to be seen.
      if (row % 300 === 7) {
        const cut = { ...moment, close: moment.close.slice(0, row + 1) };
        expect(new EnsembleRows({ ...rule, pool }).speak(members, row, cut)).toEqual(spoken);
      }
    }
    expect(heavier / 1_200).toBeGreaterThan(0.9);
    expect(towards / count).toBeGreaterThan(0.9);
  },
);

test("members that know nothing leave their weight to a coin", () => {
  const { members, moment } = informedAndNot(1_500, 4);
  const rows = new EnsembleRows(rule);
  const trustIn = (series: MemberRows["of"][number]) => {
    const alike: MemberRows = { ...members, of: [series, series] };
    const spoken = Array.from({ length: 1_200 }, (_, k) => rows.speak(alike, 300 + k, moment)!);
    return spoken.reduce((sum, { trust }) => sum + trust, 0) / spoken.length;
  };
  const [knows, guesses] = members.of.map(trustIn) as [number, number];
  expect(knows).toBeGreaterThan(0.9);
  expect(guesses).toBeLessThan(knows - 0.2);
  const silent: MemberRows = {
    ...members,
    of: members.of.map((one) => ({ ...one, low: one.low.map(() => Number.NaN) })),
  };
  expect(rows.speak(silent, 1_000, moment)).toBeNull();
});
