import { assert } from "../../base/assert.ts";
import { cholesky, invertLower } from "../linear-algebra/cholesky.ts";
import { distanceMax } from "./distance-max.ts";
import type { Gaussians } from "./gaussians-port.ts";
import type { HmmParams } from "./hmm-params.ts";

/** The states' Gaussians over the features that a row has. */
export type ObservedPart = {
  readonly observed: readonly number[];
  /**
   * State by state, row-major: the inverse of the lower Cholesky factor, which turns what is seen into unit noise. In
   * one array: a step of the fit reads nothing more often.
   */
  readonly whiteners: Float64Array;
  readonly peaks: Float64Array;
};

/** Gaussians with correlated features. Each pattern of missing features is prepared once, when it is first met. */
export class FullGaussians implements Gaussians {
  private readonly params: HmmParams;
  private whole: ObservedPart | null = null;
  private readonly parts = new Map<number, ObservedPart>();
  private readonly offs: Float64Array;

  constructor(params: HmmParams) {
    this.params = params;
    this.offs = new Float64Array(params.features);
  }

  refresh(): void {
    this.whole = null;
    this.parts.clear();
  }

  logDensities(rows: Float64Array, offset: number, missing: number, into: Float64Array, at: number): void {
    const { states, features, means } = this.params;
    const { offs } = this;
    const { observed, whiteners, peaks } = this.partOf(missing);
    const size = observed.length;
    for (let state = 0, from = 0; state < states; state++) {
      const mean = state * features;
      let distance = 0;
      for (let row = 0; row < size; row++, from += size) {
        const feature = observed[row]!;
        offs[row] = rows[offset + feature]! - means[mean + feature]!;
        let noise = 0;
        for (let k = 0; k <= row; k++) noise += whiteners[from + k]! * offs[k]!;
        distance += noise * noise;
      }
      into[at + state] = peaks[state]! - 0.5 * (distance < distanceMax ? distance : distanceMax);
    }
  }

  /** The Gaussians over what a row has when the features in `missing` are not there. */
  partOf(missing: number): ObservedPart {
    // Nearly every row lacks nothing.
    if (missing === 0) return (this.whole ??= observedPart(this.params, 0));
    const known = this.parts.get(missing);
    if (known !== undefined) return known;
    const made = observedPart(this.params, missing);
    this.parts.set(missing, made);
    return made;
  }
}

function observedPart({ states, features, covariances }: HmmParams, missing: number): ObservedPart {
  const observed = Array.from({ length: features }, (_, k) => k).filter((k) => !((missing >>> k) & 1));
  const size = observed.length;
  const block = new Float64Array(size * size);
  const peaks = new Float64Array(states);
  const whiteners = new Float64Array(states * size * size);
  for (let state = 0; state < states; state++) {
    for (let k = 0; k < block.length; k++) {
      const [row, column] = [observed[Math.floor(k / size)]!, observed[k % size]!];
      block[k] = covariances[(state * features + row) * features + column]!;
    }
    const factor = whiteners.subarray(state * size * size, (state + 1) * size * size);
    assert(cholesky(block, 0, size, factor), "a covariance is positive definite");
    invertLower(factor, size);
    let peak = -0.5 * size * Math.log(2 * Math.PI);
    for (let k = 0; k < size; k++) peak += Math.log(factor[k * size + k]!);
    peaks[state] = peak;
  }
  return { observed, whiteners, peaks };
}
