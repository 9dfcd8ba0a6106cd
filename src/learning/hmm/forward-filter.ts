import { predict, weigh } from "./forward-step.ts";
import { gaussiansOf } from "./gaussians.ts";
import type { Gaussians } from "./gaussians-port.ts";
import { checkHmmParams, type HmmParams } from "./hmm-params.ts";

/**
 * The probabilities of the states given the rows so far, and nothing later: the only decoding that a decision may use.
 * A step costs K x K and allocates nothing (with full covariances, once per pattern of missing features).
 */
export class ForwardFilter {
  /** Log density of all rows since the beginning. */
  logLikelihood = 0;
  private readonly params: HmmParams;
  private readonly gaussians: Gaussians;
  private readonly row: Float64Array;
  private readonly predicted: Float64Array;
  private readonly posterior: Float64Array;
  private hasBegun = false;

  /** Throws `HMM_PARAMS_INVALID` on numbers that are no model. */
  constructor(params: HmmParams) {
    checkHmmParams(params);
    this.params = params;
    this.gaussians = gaussiansOf(params);
    this.row = new Float64Array(params.features);
    this.predicted = new Float64Array(params.states);
    this.posterior = new Float64Array(params.states);
  }

  /**
   * Takes the next row (D features) and returns the K probabilities, in an array that the next step overwrites. A
   * value that is NaN or infinite counts as missing; without any value the row only lets time pass.
   */
  step(row: Float64Array): Float64Array {
    const { predicted, posterior } = this;
    const { states, features, initial, transition } = this.params;
    if (this.hasBegun) predict(posterior, 0, transition, predicted, 0, states);
    else predicted.set(initial);
    this.hasBegun = true;
    let missing = 0;
    for (let feature = 0; feature < features; feature++) {
      const value = row[feature]!;
      const isThere = Math.abs(value) < Infinity;
      if (!isThere) missing |= 1 << feature;
      this.row[feature] = isThere ? value : 0;
    }
    this.gaussians.logDensities(this.row, 0, missing, posterior, 0);
    this.logLikelihood += weigh(predicted, 0, posterior, 0, states);
    return posterior;
  }

  /** Forgets all rows. */
  reset(): void {
    this.hasBegun = false;
    this.logLikelihood = 0;
  }
}
