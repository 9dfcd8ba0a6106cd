import { assert } from "../../base/assert.ts";
import { bufferFor, type Team } from "./team.ts";

/** Rows of numbers, row-major; NaN where there is no value. */
export type Matrix = { readonly values: Float32Array; readonly rows: number; readonly width: number };

/** The bin of values that are not there. */
export const missingBin = 255;
/** Bins of values that are there: 0 to 254, cut by at most 254 edges. */
const edgesMax = 254;
/** Features whose bins stand in one 32-bit word. */
export const featuresPerWord = 4;

/** Features as bytes: what trees are grown on. */
export type FeatureBins = {
  /** For every four features one column of words by row; the first of them is the lowest byte. */
  readonly words: readonly Int32Array[];
  readonly rows: number;
  readonly width: number;
  /** By feature, increasing: a value is in the bin of as many edges as are at or below it. */
  readonly edges: readonly Float32Array[];
};

/** Room for the bins of a matrix, which a team fills together. Plain data. */
export type BinsMemory = {
  readonly words: readonly Int32Array[];
  readonly edges: Float32Array;
  readonly edgeCounts: Int32Array;
};

/** Room for the bins of `rows` rows; shared where a team is larger than one. */
export function binsMemory(rows: number, width: number, teamSize: number): BinsMemory {
  const wordCount = Math.ceil(width / featuresPerWord);
  return {
    words: Array.from({ length: wordCount }, () => new Int32Array(bufferFor(teamSize, rows * 4))),
    edges: new Float32Array(bufferFor(teamSize, width * edgesMax * 4)),
    edgeCounts: new Int32Array(bufferFor(teamSize, width * 4)),
  };
}

/** Features `from` to before `to` that a member of a team looks after: those of whole words. */
export function featuresOf({ width }: Matrix, team: Team): readonly [number, number] {
  const [from, to] = team.shareOf(Math.ceil(width / featuresPerWord));
  return [from * featuresPerWord, Math.min(width, to * featuresPerWord)];
}

/**
 * Cuts every feature where about as many rows lie between two cuts, midway between values that occur. Each member cuts its
 * own, and has all of them when it comes back.
 */
export function binFeatures(x: Matrix, memory: BinsMemory, team: Team): FeatureBins {
  const { values, rows, width } = x;
  const column = new Float32Array(rows);
  const [first, last] = featuresOf(x, team);
  for (let feature = first; feature < last; feature++) {
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + feature]!;
      if (!Number.isNaN(value)) column[count++] = value;
    }
    const edges = edgesOf(column.subarray(0, count).sort());
    memory.edges.set(edges, feature * edgesMax);
    memory.edgeCounts[feature] = edges.length;
    const word = memory.words[Math.floor(feature / featuresPerWord)]!;
    const shift = 8 * (feature % featuresPerWord);
    for (let row = 0; row < rows; row++) {
      const value = values[row * width + feature]!;
      word[row]! |= (Number.isNaN(value) ? missingBin : binOf(value, edges)) << shift;
    }
  }
  team.meet();
  const edges = Array.from({ length: width }, (_, feature) =>
    memory.edges.subarray(feature * edgesMax, feature * edgesMax + memory.edgeCounts[feature]!),
  );
  return { words: memory.words, rows, width, edges };
}

/** The bin of a feature of a row. */
export function binAt({ words }: FeatureBins, row: number, feature: number): number {
  return (words[feature >> 2]![row]! >>> (8 * (feature & 3))) & 255;
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
