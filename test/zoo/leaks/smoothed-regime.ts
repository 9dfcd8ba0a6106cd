// Planted: a hidden Markov model smoothed over the whole sample: a regime is known before it begins.
import { smoothStates } from "../../../src/learning/hmm/analysis/smooth-states.ts";
import type { HmmParams } from "../../../src/learning/hmm/hmm-params.ts";
import { longAbove, readFrom, taped } from "../tape.ts";

/** A calm and a wild state of hourly returns. */
const params: HmmParams = {
  states: 2,
  features: 1,
  covariance: "diagonal",
  initial: Float64Array.of(0.5, 0.5),
  transition: Float64Array.of(0.98, 0.02, 0.02, 0.98),
  means: Float64Array.of(0, 0),
  covariances: Float64Array.of(0.005 ** 2, 0.012 ** 2),
};
const tape: number[] = [];
let smoothed: Float64Array = new Float64Array(0);

export default longAbove("smoothed-regime", (close) =>
  readFrom("regime", taped(close, tape), (row, value) => {
    if (smoothed.length !== 2 * tape.length) {
      const returns = Float64Array.from(tape, (price, k) => Math.log(price / (tape[k - 1] ?? price)));
      smoothed = smoothStates(params, returns, tape.length);
    }
    return value * (0.5 + smoothed[2 * row]!);
  }),
);
