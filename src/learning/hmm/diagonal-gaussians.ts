import type { Gaussians } from "./gaussians-port.ts";
import type { HmmParams } from "./hmm-params.ts";
import { distanceMax } from "./distance-max.ts";

/** Gaussians whose features are independent within a state. */
export class DiagonalGaussians implements Gaussians {
  private readonly params: HmmParams;
  private readonly inverseVariances: Float64Array;
  /** Log of the density at the mean, per state and feature and per state. */
  private readonly featurePeaks: Float64Array;
  private readonly peaks: Float64Array;

  constructor(params: HmmParams) {
    this.params = params;
    this.inverseVariances = new Float64Array(params.covariances.length);
    this.featurePeaks = new Float64Array(params.covariances.length);
    this.peaks = new Float64Array(params.states);
    this.refresh();
  }

  refresh(): void {
    const { states, features, covariances } = this.params;
    for (let state = 0; state < states; state++) {
      let sum = 0;
      for (let k = state * features; k < (state + 1) * features; k++) {
        this.inverseVariances[k] = 1 / covariances[k]!;
        this.featurePeaks[k] = -0.5 * Math.log(2 * Math.PI * covariances[k]!);
        sum += this.featurePeaks[k]!;
      }
      this.peaks[state] = sum;
    }
  }

  logDensities(rows: Float64Array, offset: number, missing: number, into: Float64Array, at: number): void {
    if (missing !== 0) {
      this.marginal(rows, offset, missing, into, at);
      return;
    }
    const { states, features, means } = this.params;
    const { inverseVariances, peaks } = this;
    for (let state = 0, k = 0; state < states; state++) {
      let distance = 0;
      for (let feature = 0; feature < features; feature++, k++) {
        const off = rows[offset + feature]! - means[k]!;
        distance += off * off * inverseVariances[k]!;
      }
      into[at + state] = peaks[state]! - 0.5 * (distance < distanceMax ? distance : distanceMax);
    }
  }

  private marginal(
    rows: Float64Array,
    offset: number,
    missing: number,
    into: Float64Array,
    at: number,
  ): void {
    const { states, features, means } = this.params;
    for (let state = 0, k = 0; state < states; state++) {
      let [distance, peak] = [0, 0];
      for (let feature = 0; feature < features; feature++, k++) {
        if ((missing >>> feature) & 1) continue;
        const off = rows[offset + feature]! - means[k]!;
        distance += off * off * this.inverseVariances[k]!;
        peak += this.featurePeaks[k]!;
      }
      into[at + state] = peak - 0.5 * (distance < distanceMax ? distance : distanceMax);
    }
  }
}
