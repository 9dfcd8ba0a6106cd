import { expect, test } from "vitest";
import { Prng } from "../../base/prng.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import { RegimeSwitch } from "../regime-switch.ts";
import { alignStates } from "../../../test/align-states.ts";
import { fitHmm } from "./fit-hmm.ts";
import { ForwardFilter } from "./forward-filter.ts";
import type { HmmParams } from "./hmm-params.ts";
import { labelProbabilities, labelStates, measureStates, statisticsOfStates } from "./label-states.ts";
import { simulateHmm } from "./simulate-hmm.ts";

// The signal: returns drift by half of their standard deviation a row in a trend; the logarithm of the range is 1 in trends, 0
// when sideways and 2 when volatile, with a standard deviation of 0.4; a regime lasts 100 rows on average.
const truth: readonly RegimeLabel[] = ["trend-up", "trend-down", "sideways", "volatile"];
const planted: HmmParams = {
  states: 4,
  features: 2,
  covariance: "diagonal",
  initial: Float64Array.of(0.25, 0.25, 0.25, 0.25),
  transition: Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 0.99 : 0.01 / 3)),
  means: Float64Array.of(0.005, 1, -0.005, 1, 0, 0, 0, 2),
  covariances: Float64Array.of(1e-4, 0.16, 1e-4, 0.16, 0.25e-4, 0.16, 9e-4, 0.16),
};

function switchesOf(labels: readonly RegimeLabel[]): number {
  return labels.reduce((count, label, row) => count + (row > 0 && label !== labels[row - 1] ? 1 : 0), 0);
}

test("on rows it was not trained on, the filter names nine of ten planted regimes and changes about as often as they do", () => {
  const [trainedRows, testedRows] = [3_000, 6_000];
  for (let seed = 101; seed <= 103; seed++) {
    const prng = new Prng(seed);
    const past = simulateHmm(planted, trainedRows, prng).rows;
    const options = {
      states: 4,
      features: 2,
      covariance: "diagonal",
      seed,
      restarts: 3,
      iterationsMax: 60,
    } as const;
    const { params } = fitHmm(past, trainedRows, options);
    const labels = labelStates(statisticsOfStates(params, 0), { trendSignal: 0.2 });
    const { rows, states } = simulateHmm(planted, testedRows, prng);
    const filter = new ForwardFilter(params);
    const regime = new RegimeSwitch();
    const shares = new Float64Array(regimeLabels.length);
    const named = Array.from({ length: testedRows }, (_, k) =>
      regime.step(labelProbabilities(filter.step(rows.subarray(2 * k, 2 * k + 2)), labels, shares)),
    );
    const right = named.reduce((sum, label, row) => sum + (label === truth[states[row]!] ? 1 : 0), 0);
    const ratio = switchesOf(named) / switchesOf([...states].map((state) => truth[state]!));
    expect(right / testedRows).toBeGreaterThanOrEqual(0.9);
    expect(ratio).toBeLessThan(1.5);
    expect(ratio).toBeGreaterThan(1 / 1.5);
  }
});

// Each row is a block of 20 bars of a market with clusters of volatility, fat tails and jumps: the way gone over the way
// walked, and the logarithm of the way walked. Trends drift by 0.3 standard deviations of a bar.
const blockBars = 20;
const window = 700;
const dwell = { pull: 0, dwellBarsMin: 200, dwellBarsMean: 500, weight: 3 };
const regimes = [
  { name: "trend-up", drift: 0.3, volatility: 1, ...dwell },
  { name: "trend-down", drift: -0.3, volatility: 1, ...dwell },
  { name: "sideways", drift: 0, volatility: 0.4, ...dwell },
  { name: "volatile", drift: 0, volatility: 3, ...dwell },
];

function blocks(count: number): { rows: Float64Array; returns: Float64Array; names: readonly string[] } {
  const market = syntheticMarket({
    seed: 3,
    symbols: 1,
    timeframe: "1d",
    bars: count * blockBars + 1,
    startMs: 0,
    regimes,
    volatilityPerYear: 0.2,
  });
  const { close } = market.bars[0]!;
  const rows = new Float64Array(2 * count);
  const returns = new Float64Array(count);
  for (let block = 0; block < count; block++) {
    let walked = 0;
    for (let bar = block * blockBars; bar < (block + 1) * blockBars; bar++) {
      const step = Math.log(close[bar + 1]! / close[bar]!);
      returns[block]! += step;
      walked += Math.abs(step);
    }
    rows[2 * block] = returns[block]! / walked;
    rows[2 * block + 1] = Math.log(walked);
  }
  const names = Array.from(
    { length: count },
    (_, k) => regimes[market.regime[0]![(k + 1) * blockBars]!]!.name,
  );
  return { rows, returns, names };
}

test("over 50 trainings on a moving window the states keep their names, and the names are right", () => {
  const refits = 50;
  const step = 6;
  const { rows, returns, names } = blocks(window + refits * step);
  let previous: HmmParams | null = null;
  let first: readonly RegimeLabel[] = [];
  for (let refit = 0; refit < refits; refit++) {
    const from = refit * step;
    const seen = rows.subarray(2 * from, 2 * (from + window));
    const fit = fitHmm(seen, window, {
      states: 4,
      features: 2,
      covariance: "diagonal",
      seed: refit,
      restarts: 3,
      iterationsMax: 30,
    });
    const params: HmmParams = previous === null ? fit.params : alignStates(previous, fit.params);
    const filter = new ForwardFilter(params);
    const posteriors = new Float64Array(4 * window);
    for (let k = 0; k < window; k++) posteriors.set(filter.step(seen.subarray(2 * k, 2 * k + 2)), 4 * k);
    const labels = labelStates(measureStates(posteriors, returns.subarray(from, from + window), 4), {
      trendSignal: 0.4,
    });
    if (refit === 0) first = labels;
    expect(labels).toEqual(first);
    let right = 0;
    for (let k = 0; k < window; k++) {
      const shares = posteriors.subarray(4 * k, 4 * k + 4);
      if (labels[shares.indexOf(Math.max(...shares))] === names[from + k]) right += 1;
    }
    expect(right / window).toBeGreaterThan(0.85);
    previous = params;
  }
  expect(new Set(first).size).toBe(4);
});
