import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minTrackRecordLength,
  probabilisticSharpe,
} from "./probabilistic-sharpe.ts";

const normal = { skew: 0, kurtosis: 3 };

test("at the minimum track record length the probabilistic Sharpe ratio is exactly the confidence asked for", () => {
  const sample = { sharpe: 0.09, count: 500, skew: -0.7, kurtosis: 6 };
  const length = minTrackRecordLength(sample, 0.01, 0.9)!;
  expect(probabilisticSharpe({ ...sample, count: length }, 0.01)).toBeCloseTo(0.9, 12);
});

// Bailey and Lopez de Prado (2012), minimum track record length: normal returns, an annual Sharpe ratio of 2 shown to be
// above 1 with 95 % confidence takes 2.73 years of daily, 2.83 of weekly or 3.24 of monthly returns.
test("the published track record lengths come out", () => {
  const yearsAt = (periodsPerYear: number) => {
    const scale = Math.sqrt(periodsPerYear);
    return (
      minTrackRecordLength({ sharpe: 2 / scale, count: 100, ...normal }, 1 / scale, 0.95)! / periodsPerYear
    );
  };
  expect([252, 52, 12].map((n) => yearsAt(n).toFixed(2))).toEqual(["2.73", "2.83", "3.24"]);
});

test("no length proves a Sharpe ratio that is not above the threshold", () => {
  expect(minTrackRecordLength({ sharpe: 0, count: 100, ...normal })).toBeNull();
  expect(minTrackRecordLength({ sharpe: 0.05, count: 100, ...normal }, 0.05)).toBeNull();
  expect(probabilisticSharpe({ sharpe: 0.1, count: 1, ...normal })).toBeNull();
});

test("more trials demand more, and the deflated ratio is never above the probabilistic one", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      fc.integer({ min: 2, max: 2000 }),
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 20, noNaN: true }),
      fc.integer({ min: 1, max: 5000 }),
      (sharpe, count, skew, excess, trials) => {
        // The kurtosis of any distribution is at least 1 + skew^2.
        const sample = { sharpe, count, skew, kurtosis: 1 + skew * skew + excess };
        const few = deflatedSharpe(sample, trials, 0.0025);
        const many = deflatedSharpe(sample, trials + 1, 0.0025);
        const undeflated = probabilisticSharpe(sample);
        if (few === null || many === null || undeflated === null) return few === many && many === undeflated;
        return many <= few && few <= undeflated && undeflated <= 1 && many >= 0;
      },
    ),
    { seed: 12 },
  );
});

test("one trial is no selection", () => {
  expect(expectedMaximumSharpe(1, 0.0025)).toBe(0);
});

test("the expected maximum is what the best of many skill-less trials shows on average", () => {
  const prng = new Prng(13);
  const rounds = 4000;
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    let best = Number.NEGATIVE_INFINITY;
    for (let trial = 0; trial < 50; trial++) best = Math.max(best, 0.05 * prng.normal());
    total += best;
  }
  expect(Math.abs(total / rounds / expectedMaximumSharpe(50, 0.0025) - 1)).toBeLessThan(0.02);
});
