import { Prng } from "../../src/base/prng.ts";
import { fitHmm } from "../../src/learning/hmm/fit-hmm.ts";
import { ForwardFilter } from "../../src/learning/hmm/forward-filter.ts";
import type { HmmParams } from "../../src/learning/hmm/hmm-params.ts";
import { simulateHmm } from "../../src/learning/hmm/simulate-hmm.ts";
import { medianMs } from "../median.ts";

// Three states, two features, 100,000 rows: one step of expectation maximisation, and one row through the filter. A step is
// what 21 steps take longer than one, divided by 20, so that checking and scaling the rows is not counted.
const rows = 100_000;
const diagonal: HmmParams = {
  states: 3,
  features: 2,
  covariance: "diagonal",
  initial: Float64Array.of(1 / 3, 1 / 3, 1 / 3),
  transition: Float64Array.of(0.98, 0.01, 0.01, 0.01, 0.98, 0.01, 0.02, 0.02, 0.96),
  means: Float64Array.of(0.05, 1, -0.05, 1.2, 0, 2.5),
  covariances: Float64Array.of(1, 0.2, 1.4, 0.3, 6, 0.5),
};
const full: HmmParams = {
  ...diagonal,
  covariance: "full",
  covariances: Float64Array.of(1, 0.1, 0.1, 0.2, 1.4, -0.1, -0.1, 0.3, 6, 0.2, 0.2, 0.5),
};

function iterationMs(warmStart: HmmParams): number {
  const simulated = simulateHmm(warmStart, rows, new Prng(1)).rows;
  const { states, features, covariance } = warmStart;
  const fit = (iterationsMax: number) => {
    const options = {
      states,
      features,
      covariance,
      seed: 1,
      restarts: 1,
      tolerance: 0,
      warmStart,
      iterationsMax,
    };
    const { iterations } = fitHmm(simulated, rows, options);
    if (iterations !== iterationsMax) throw new Error(`${iterations} steps instead of ${iterationsMax}`);
  };
  return (medianMs(() => fit(21), 5, 2) - medianMs(() => fit(1), 5, 2)) / 20;
}

function filterStepUs(params: HmmParams): number {
  const simulated = simulateHmm(params, rows, new Prng(2)).rows;
  const filter = new ForwardFilter(params);
  const row = new Float64Array(2);
  const ms = medianMs(() => {
    for (let k = 0; k < rows; k++) {
      row[0] = simulated[2 * k]!;
      row[1] = simulated[2 * k + 1]!;
      filter.step(row);
    }
  });
  return (ms * 1_000) / rows;
}

console.log(
  JSON.stringify({
    hmmIterationMs: iterationMs(diagonal),
    hmmFullIterationMs: iterationMs(full),
    hmmFilterStepUs: filterStepUs(diagonal),
    hmmFullFilterStepUs: filterStepUs(full),
  }),
);
