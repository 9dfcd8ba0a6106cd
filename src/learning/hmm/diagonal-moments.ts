import { emptyWeight } from "./empty-weight.ts";
import type { HmmParams } from "./hmm-params.ts";
import type { Moments } from "./moments-port.ts";

/** Moments per state and feature. A missing feature adds nothing to its own mean and variance. */
export class DiagonalMoments implements Moments {
  private readonly params: HmmParams;
  private readonly weight: Float64Array;
  private readonly first: Float64Array;
  private readonly second: Float64Array;

  constructor(params: HmmParams) {
    this.params = params;
    const size = params.states * params.features;
    this.weight = new Float64Array(size);
    this.first = new Float64Array(size);
    this.second = new Float64Array(size);
  }

  add(rows: Float64Array, offset: number, missing: number, weights: Float64Array): void {
    const { states, features, means } = this.params;
    const { weight, first, second } = this;
    for (let state = 0, k = 0; state < states; state++) {
      const share = weights[state]!;
      for (let feature = 0; feature < features; feature++, k++) {
        if (missing !== 0 && (missing >>> feature) & 1) continue;
        const off = rows[offset + feature]! - means[k]!;
        const weighted = share * off;
        weight[k]! += share;
        first[k]! += weighted;
        second[k]! += weighted * off;
      }
    }
  }

  maximise(floor: number): void {
    const { means, covariances } = this.params;
    const { weight, first, second } = this;
    for (let k = 0; k < weight.length; k++) {
      if (weight[k]! <= emptyWeight) continue;
      const shift = first[k]! / weight[k]!;
      means[k]! += shift;
      covariances[k] = Math.max(floor, second[k]! / weight[k]! - shift * shift);
    }
    weight.fill(0);
    first.fill(0);
    second.fill(0);
  }
}
