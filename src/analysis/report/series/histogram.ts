import { niceTicks } from "../chart/ticks.ts";

/** One bin: values from `from` up to but not including `to`; the last bin includes its end. */
export type Bin = { readonly from: number; readonly to: number; readonly count: number };

/**
 * Counts values in bins of equal, round width with zero as one of the borders. Both outermost bins also hold what lies
 * beyond them when the tails are long: then the first begins at -Infinity, the last ends at Infinity.
 */
export function histogram(values: readonly number[], binsAbout = 30): readonly Bin[] {
  if (values.length === 0) return [];
  const ascending = values.toSorted((a, b) => a - b);
  const at = (share: number) => ascending[Math.round(share * (ascending.length - 1))]!;
  // A handful of outliers would squeeze everything else into one bin.
  const low = Math.min(0, values.length > 200 ? at(0.005) : at(0));
  const high = Math.max(0, values.length > 200 ? at(0.995) : at(1));
  const width = low === high ? 1 : stepOf(niceTicks(low, high, binsAbout), high - low);
  const first = Math.floor(low / width + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / width - 1e-9));
  const counts = new Array<number>(last - first).fill(0);
  for (const value of ascending) {
    const bin = Math.floor(value / width + 1e-9) - first;
    counts[Math.min(counts.length - 1, Math.max(0, bin))]! += 1;
  }
  return counts.map((count, k) => ({
    from: k === 0 && ascending[0]! < border(first, width) ? -Infinity : border(first + k, width),
    to:
      k === counts.length - 1 && ascending.at(-1)! > border(last, width)
        ? Infinity
        : border(first + k + 1, width),
    count,
  }));
}

function stepOf(ticks: readonly number[], range: number): number {
  return ticks.length > 1 ? ticks[1]! - ticks[0]! : range;
}

function border(index: number, width: number): number {
  return Number((index * width).toPrecision(12));
}
