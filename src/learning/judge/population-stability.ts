import type { ReferenceBins } from "../../domain/predictor-artifact.ts";

const binsUsual = 10;
/** Counted into every bin, so that one that is empty has a logarithm. */
const half = 0.5;

/** How values are spread: bins of about equal mass and the share of each, those that are missing besides. */
export function referenceBins(values: ArrayLike<number>, bins = binsUsual): ReferenceBins {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges: number[] = [];
  for (let k = 1; k < bins && sorted.length > 0; k++) {
    const edge = sorted[Math.floor((k * sorted.length) / bins)]!;
    // Values that are the same stand in one bin.
    if (edge > (edges.at(-1) ?? sorted[0]!)) edges.push(edge);
  }
  return { edges, shares: sharesOf(edges, values), rows: values.length };
}

/**
 * Population stability index: how far values have moved from where they were, 0 for not at all; 0.1 is worth a look and 0.25 a
 * shift by convention (Siddiqi 2006, ch. 12). It is the symmetric Kullback-Leibler divergence of the binned shares. NaN of nothing.
 */
export function populationStability({ edges, shares }: ReferenceBins, values: ArrayLike<number>): number {
  if (values.length === 0) return Number.NaN;
  return sharesOf(edges, values).reduce((sum, now, bin) => {
    const then = shares[bin]!;
    return sum + (now - then) * Math.log(now / then);
  }, 0);
}

/** Share of the values in each bin, and of the missing ones at the end. */
function sharesOf(edges: readonly number[], values: ArrayLike<number>): readonly number[] {
  const counts = new Array<number>(edges.length + 2).fill(half);
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!;
    let bin = edges.length + 1;
    if (!Number.isNaN(value)) {
      bin = 0;
      while (bin < edges.length && value >= edges[bin]!) bin += 1;
    }
    counts[bin]! += 1;
  }
  const total = values.length + half * counts.length;
  return counts.map((count) => count / total);
}
