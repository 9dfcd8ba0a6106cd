import { cholesky } from "../linear-algebra/cholesky.ts";
import { symmetricEigen } from "../linear-algebra/symmetric-eigen.ts";
import { emptyWeight } from "./empty-weight.ts";
import { FullGaussians } from "./full-gaussians.ts";
import type { HmmParams } from "./hmm-params.ts";
import { missingPart, type MissingPart } from "./missing-part.ts";
import type { Moments } from "./moments-port.ts";

/**
 * Moments per state with all products of features. A missing feature counts as what the state expects it to be given
 * the others, with the uncertainty that remains. Source: Little and Rubin, Statistical Analysis with Missing Data
 * (2002), section 11.2. A row without any feature adds nothing.
 */
export class FullMoments implements Moments {
  private readonly params: HmmParams;
  private readonly gaussians: FullGaussians;
  private readonly missingParts = new Map<number, MissingPart>();
  private readonly weight: Float64Array;
  private readonly first: Float64Array;
  /** Sums of products; only the lower triangles are kept. */
  private readonly second: Float64Array;
  private readonly offs: Float64Array;

  constructor(params: HmmParams) {
    this.params = params;
    const { states, features } = params;
    this.gaussians = new FullGaussians(params);
    this.weight = new Float64Array(states);
    this.first = new Float64Array(states * features);
    this.second = new Float64Array(states * features * features);
    this.offs = new Float64Array(features);
  }

  add(rows: Float64Array, offset: number, missing: number, weights: Float64Array): void {
    const { states, features, means } = this.params;
    const { offs } = this;
    if (missing === 2 ** features - 1) return;
    const part = missing === 0 ? null : this.missingPartOf(missing);
    for (let state = 0; state < states; state++) {
      for (let k = 0; k < features; k++) offs[k] = rows[offset + k]! - means[state * features + k]!;
      part?.expect(state, offs);
      this.addOffs(state, weights[state]!);
      if (part !== null) part.addUncertainty(state, weights[state]!, this.second);
    }
  }

  private addOffs(state: number, share: number): void {
    const { features } = this.params;
    const { first, second, offs } = this;
    this.weight[state]! += share;
    for (let row = 0; row < features; row++) {
      const weighted = share * offs[row]!;
      first[state * features + row]! += weighted;
      const start = (state * features + row) * features;
      for (let column = 0; column <= row; column++) second[start + column]! += weighted * offs[column]!;
    }
  }

  private missingPartOf(missing: number): MissingPart {
    const known = this.missingParts.get(missing);
    if (known !== undefined) return known;
    const made = missingPart(this.params, this.gaussians.partOf(missing), missing);
    this.missingParts.set(missing, made);
    return made;
  }

  maximise(floor: number): void {
    const { states } = this.params;
    for (let state = 0; state < states; state++) {
      if (this.weight[state]! > emptyWeight) this.maximiseState(state, floor);
    }
    this.weight.fill(0);
    this.first.fill(0);
    this.second.fill(0);
    this.missingParts.clear();
    this.gaussians.refresh();
  }

  private maximiseState(state: number, floor: number): void {
    const { features, means, covariances } = this.params;
    const weight = this.weight[state]!;
    const shift = this.first.subarray(state * features, (state + 1) * features).map((sum) => sum / weight);
    const start = state * features * features;
    for (let row = 0; row < features; row++) {
      means[state * features + row]! += shift[row]!;
      for (let column = 0; column <= row; column++) {
        const spread = this.second[start + row * features + column]! / weight - shift[row]! * shift[column]!;
        covariances[start + row * features + column] = spread;
        covariances[start + column * features + row] = spread;
      }
    }
    raiseEigenvalues(covariances.subarray(start, start + features * features), features, floor);
  }
}

/**
 * Raises every eigenvalue of a symmetric matrix to at least `floor`, in place: the most likely covariance among those
 * that spread at least that far in every direction.
 */
function raiseEigenvalues(matrix: Float64Array, size: number, floor: number): void {
  const lowered = matrix.slice();
  for (let k = 0; k < size; k++) lowered[k * size + k]! -= floor;
  if (cholesky(lowered, 0, size, new Float64Array(size * size))) return;
  const diagonal = matrix.slice();
  const vectors = new Float64Array(size * size);
  symmetricEigen(diagonal, size, vectors);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const value = Math.max(floor, diagonal[k * size + k]!);
        sum += vectors[row * size + k]! * value * vectors[column * size + k]!;
      }
      matrix[row * size + column] = sum;
      matrix[column * size + row] = sum;
    }
  }
}
