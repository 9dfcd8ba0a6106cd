import { cholesky } from "../src/learning/linear-algebra/cholesky.ts";
import type { HmmParams } from "../src/learning/hmm/hmm-params.ts";
import { reorderStates } from "../src/learning/hmm/reorder-states.ts";

/**
 * The model `next` with its states in the order in which they resemble those of `previous` most, all pairs together:
 * state k stays the same market after training anew. The resemblance is the Bhattacharyya distance of two Gaussians
 * (1943), which no change of units moves. With more states than before, new ones stand at the end; with fewer, the
 * remaining ones keep their order. Both models need the same features.
 */
export function alignStates(previous: HmmParams, next: HmmParams): HmmParams {
  const distances = Array.from({ length: previous.states }, (_, before) =>
    Array.from({ length: next.states }, (_, after) => distanceOf(previous, before, next, after)),
  );
  const matched = nearestPairs(distances, next.states).filter((after) => after >= 0);
  const isNew = Array.from({ length: next.states }, (_, after) => after).filter(
    (after) => !matched.includes(after),
  );
  return reorderStates(next, [...matched, ...isNew]);
}

/**
 * For each line the column of its partner, or -1: as many pairs as possible, with the least sum of distances. Exact, by
 * dynamic programming over the sets of columns taken.
 */
function nearestPairs(distances: readonly (readonly number[])[], columns: number): readonly number[] {
  const sets = 2 ** columns;
  const unpairedMax = Math.max(0, distances.length - columns);
  let costs = new Float64Array(sets).fill(Infinity);
  costs[0] = 0;
  const choices: Int8Array[] = [];
  for (const [line, row] of distances.entries()) {
    const after = new Float64Array(sets).fill(Infinity);
    const choice = new Int8Array(sets).fill(-1);
    for (let set = 0; set < sets; set++) {
      if (costs[set] === Infinity) continue;
      if (unpairedMax > line - bitsOf(set) && costs[set]! < after[set]!) {
        after[set] = costs[set]!;
        choice[set] = -1;
      }
      for (let column = 0; column < columns; column++) {
        const taken = set | (1 << column);
        const cost = costs[set]! + row[column]!;
        if (taken === set || !(cost < after[taken]!)) continue;
        after[taken] = cost;
        choice[taken] = column;
      }
    }
    costs = after;
    choices.push(choice);
  }
  return readBack(costs, choices);
}

function readBack(costs: Float64Array, choices: readonly Int8Array[]): readonly number[] {
  let set = costs.indexOf(Math.min(...costs));
  return choices
    .toReversed()
    .map((choice) => {
      const column = choice[set]!;
      if (column >= 0) set &= ~(1 << column);
      return column;
    })
    .toReversed();
}

function bitsOf(set: number): number {
  let count = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) count += 1;
  return count;
}

function distanceOf(first: HmmParams, before: number, second: HmmParams, after: number): number {
  const { features } = first;
  const [one, other] = [covarianceOf(first, before), covarianceOf(second, after)];
  const between = one.map((value, k) => (value + other[k]!) / 2);
  const factor = new Float64Array(features * features);
  const logDeterminant = (matrix: Float64Array) => {
    cholesky(matrix, 0, features, factor);
    let sum = 0;
    for (let k = 0; k < features; k++) sum += 2 * Math.log(factor[k * features + k]!);
    return sum;
  };
  const outer = (logDeterminant(one) + logDeterminant(other)) / 2;
  // Last, because the factor of the covariance between is needed below.
  const inner = logDeterminant(between);
  const noise = new Float64Array(features);
  let squares = 0;
  for (let row = 0; row < features; row++) {
    let rest = first.means[before * features + row]! - second.means[after * features + row]!;
    for (let k = 0; k < row; k++) rest -= factor[row * features + k]! * noise[k]!;
    noise[row] = rest / factor[row * features + row]!;
    squares += noise[row]! ** 2;
  }
  return squares / 8 + (inner - outer) / 2;
}

function covarianceOf({ features, covariance, covariances }: HmmParams, state: number): Float64Array {
  const size = features * features;
  if (covariance === "full") return covariances.slice(state * size, (state + 1) * size);
  const matrix = new Float64Array(size);
  for (let k = 0; k < features; k++) matrix[k * features + k] = covariances[state * features + k]!;
  return matrix;
}
