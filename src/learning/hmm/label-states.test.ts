import { expect, test } from "vitest";
import { regimeLabels } from "../../domain/regime.ts";
import type { HmmParams } from "./hmm-params.ts";
import { labelProbabilities, labelStates, measureStates, statisticsOfStates } from "./label-states.ts";

const state = (meanReturn: number, volatility: number, share = 0.25) => ({ meanReturn, volatility, share });

test("states are named after drift in units of their volatility and after volatility beside the usual one", () => {
  const labels = labelStates([
    state(0.001, 0.01),
    state(-0.001, 0.012),
    state(0.0001, 0.008),
    state(-0.004, 0.03),
    state(0.01, 0.01, 0.001),
    state(Number.NaN, 0.01),
    state(0, 0),
  ]);
  expect(labels).toEqual(["trend-up", "trend-down", "sideways", "volatile", "unknown", "unknown", "unknown"]);
});

test("the thresholds can be moved", () => {
  const statistics = [state(0.001, 0.01), state(0, 0.013)];
  expect(labelStates(statistics)).toEqual(["trend-up", "sideways"]);
  expect(labelStates(statistics, { trendSignal: 0.2, volatileRatio: 1.2 })).toEqual(["sideways", "volatile"]);
  expect(labelStates(statistics, { shareMin: 0.5 })).toEqual(["unknown", "unknown"]);
});

test("a name that several states have gets the sum of their probabilities", () => {
  const labels = ["sideways", "trend-up", "sideways"] as const;
  const into = new Float64Array(regimeLabels.length).fill(9);
  expect([...labelProbabilities(Float64Array.of(0.25, 0.25, 0.5), labels, into)]).toEqual([
    0.25, 0, 0.75, 0, 0,
  ]);
});

test("statistics come from the parameters of the return feature, in both kinds of model", () => {
  const diagonal: HmmParams = {
    states: 2,
    features: 2,
    covariance: "diagonal",
    initial: Float64Array.of(0.5, 0.5),
    transition: Float64Array.of(0.9, 0.1, 0.3, 0.7),
    means: Float64Array.of(5, 0.1, 6, -0.2),
    covariances: Float64Array.of(7, 4, 7, 9),
  };
  const full: HmmParams = {
    ...diagonal,
    covariance: "full",
    covariances: Float64Array.of(7, 1, 1, 4, 7, 1, 1, 9),
  };
  for (const params of [diagonal, full]) {
    const [first, second] = statisticsOfStates(params, 1);
    expect(first).toMatchObject({ meanReturn: 0.1, volatility: 2 });
    expect(second).toMatchObject({ meanReturn: -0.2, volatility: 3 });
    expect(first!.share).toBeCloseTo(0.75, 9);
  }
});

test("statistics measured by the filter weigh each return by the probability of the state", () => {
  const posteriors = Float64Array.of(1, 0, 0.5, 0.5, 0.5, 0.5, 0, 0);
  const [first, second] = measureStates(posteriors, Float64Array.of(0.01, 0.03, Number.NaN, Number.NaN), 2);
  // State 0: weights 1 and 1/2: mean (0.01 + 0.015) / 1.5, variance (0.0001 + 0.00045) / 1.5 - mean^2.
  expect(first!.meanReturn).toBeCloseTo(0.025 / 1.5, 15);
  expect(first!.volatility).toBeCloseTo(Math.sqrt(0.00055 / 1.5 - (0.025 / 1.5) ** 2), 12);
  expect(first!.share).toBeCloseTo(0.75, 15);
  expect(second!.meanReturn).toBeCloseTo(0.03, 15);
  const [nobody] = measureStates(Float64Array.of(0, 1), Float64Array.of(0.01), 2);
  expect(nobody!.meanReturn).toBeNaN();
  expect(measureStates(new Float64Array(0), new Float64Array(0), 1)[0]!.share).toBe(0);
});
