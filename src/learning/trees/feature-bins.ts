import { assert } from "../../base/assert.ts";

/** Rows of numbers, row-major; NaN where there is no value. */
export type Matrix = { readonly values: Float32Array; readonly rows: number; readonly width: number };

/** The bin of values that are not there. */
export const missingBin = 255;
/** Bins of values that are there: 0 to 254, cut by at most 254 edges. */
const edgesMax = 254;

/** Features as bytes: what trees are grown on. */
export type FeatureBins = {
  /** Row-major: bin of every feature of every row. */
  readonly bins: Uint8Array;
  /** The same feature by feature: rows are parted by one feature at a time. */
  readonly columns: readonly Uint8Array[];
  readonly rows: number;
  readonly width: number;
  /** By feature, increasing: a value is in the bin of as many edges as are at or below it. */
  readonly edges: readonly Float32Array[];
};

/** Cuts every feature where about as many rows lie between two cuts, midway between values that occur. */
export function binFeatures({ values, rows, width }: Matrix): FeatureBins {
  const bins = new Uint8Array(rows * width);
  const columns = Array.from({ length: width }, () => new Uint8Array(rows));
  const column = new Float32Array(rows);
  const edges = Array.from({ length: width }, (_, feature) => {
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + feature]!;
      if (!Number.isNaN(value)) column[count++] = value;
    }
    const found = edgesOf(column.subarray(0, count).sort());
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + feature]!;
      const bin = Number.isNaN(value) ? missingBin : binOf(value, found);
      bins[row * width + feature] = bin;
      columns[feature]![row] = bin;
    }
    return found;
  });
  return { bins, columns, rows, width, edges };
}

function edgesOf(sorted: Float32Array): Float32Array {
  const edges: number[] = [];
  const count = sorted.length;
  for (let cut = 1; cut <= edgesMax; cut++) {
    const at = Math.floor((cut * count) / (edgesMax + 1));
    if (at === 0 || at >= count) continue;
    const value = sorted[at]!;
    const below = lastBelow(sorted, at);
    if (below < 0) continue;
    const edge = midway(sorted[below]!, value);
    if (edges.length === 0 || edge > edges.at(-1)!) edges.push(edge);
  }
  return Float32Array.from(edges);
}

/** The last place before `at` with a smaller value, -1 where there is none. */
function lastBelow(sorted: Float32Array, at: number): number {
  let [low, high] = [0, at];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < sorted[at]!) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A 32-bit number above `low` and at most `high`. */
function midway(low: number, high: number): number {
  assert(low < high, "an edge lies between two values");
  const middle = Math.fround(low + (high - low) / 2);
  return middle > low ? middle : high;
}

function binOf(value: number, edges: Float32Array): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value >= edges[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
