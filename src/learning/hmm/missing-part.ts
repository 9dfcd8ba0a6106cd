import type { ObservedPart } from "./full-gaussians.ts";
import type { HmmParams } from "./hmm-params.ts";

/** What the features that a row lacks are expected to be, given those that it has, state by state. */
export type MissingPart = {
  /** Replaces the missing distances from the mean in `offs` by their expectations. */
  readonly expect: (state: number, offs: Float64Array) => void;
  /** Adds what stays uncertain, `share` times, to the lower triangles of the state's sums of products. */
  readonly addUncertainty: (state: number, share: number, second: Float64Array) => void;
};

/** Regresses the missing features on the observed ones: slope S_mo inv(S_oo), remainder S_mm - slope S_om. */
export function missingPart(params: HmmParams, part: ObservedPart, missing: number): MissingPart {
  const { states, features } = params;
  const absent = Array.from({ length: features }, (_, k) => k).filter((k) => (missing >>> k) & 1);
  const regressions = Array.from({ length: states }, (_, state) => regress(params, part, absent, state));
  const { observed } = part;
  return {
    expect(state, offs) {
      const { slopes } = regressions[state]!;
      for (let row = 0; row < absent.length; row++) {
        let sum = 0;
        for (let k = 0; k < observed.length; k++)
          sum += slopes[row * observed.length + k]! * offs[observed[k]!]!;
        offs[absent[row]!] = sum;
      }
    },
    addUncertainty(state, share, second) {
      const { remainder } = regressions[state]!;
      for (let row = 0; row < absent.length; row++) {
        const start = (state * features + absent[row]!) * features;
        for (let column = 0; column <= row; column++) {
          second[start + absent[column]!]! += share * remainder[row * absent.length + column]!;
        }
      }
    },
  };
}

type Regression = { readonly slopes: Float64Array; readonly remainder: Float64Array };

function regress(
  { features, covariances }: HmmParams,
  { observed, whiteners }: ObservedPart,
  absent: readonly number[],
  state: number,
): Regression {
  const [size, lacking] = [observed.length, absent.length];
  const whitener = whiteners.subarray(state * size * size, (state + 1) * size * size);
  const covariance = (row: number, column: number) =>
    covariances[(state * features + row) * features + column]!;
  // Rows of S_mo times the transposed whitener: their products with the whitener and with each other are the rest.
  const whitened = new Float64Array(lacking * size);
  for (let row = 0; row < lacking; row++) {
    for (let k = 0; k < size; k++) {
      for (let j = 0; j <= k; j++) {
        whitened[row * size + k]! += covariance(absent[row]!, observed[j]!) * whitener[k * size + j]!;
      }
    }
  }
  const slopes = new Float64Array(lacking * size);
  const remainder = new Float64Array(lacking * lacking);
  for (let row = 0; row < lacking; row++) {
    for (let k = 0; k < size; k++) {
      for (let j = 0; j <= k; j++)
        slopes[row * size + j]! += whitened[row * size + k]! * whitener[k * size + j]!;
    }
    for (let column = 0; column <= row; column++) {
      let explained = 0;
      for (let k = 0; k < size; k++) explained += whitened[row * size + k]! * whitened[column * size + k]!;
      remainder[row * lacking + column] = covariance(absent[row]!, absent[column]!) - explained;
    }
  }
  return { slopes, remainder };
}
