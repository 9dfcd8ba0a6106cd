import type { BarsCame, FetchedRange, TimeRange } from "../../ports/fetched-ranges.ts";
import { rangesWithout } from "./time-ranges.ts";

/**
 * Adds a range and what came in it to ranges that are sorted and apart. What comes in twice may be the same bars:
 * a count never says more than surely came.
 */
export function addCounted(
  held: readonly FetchedRange[],
  { fromMs, toMs }: TimeRange,
  { bars, firstMs }: BarsCame,
): readonly FetchedRange[] {
  if (!(fromMs < toMs)) return held;
  const met = held.filter((one) => one.fromMs <= toMs && one.toMs >= fromMs);
  const [twice, beside] = [met.filter(overlaps), met.filter((one) => !overlaps(one))];
  function overlaps(one: TimeRange): boolean {
    return one.fromMs < toMs && one.toMs > fromMs;
  }
  const joined: FetchedRange = {
    fromMs: Math.min(fromMs, ...met.map((one) => one.fromMs)),
    toMs: Math.max(toMs, ...met.map((one) => one.toMs)),
    bars: Math.max(barsIn(twice), bars) + barsIn(beside),
    firstMs: earliest([firstMs, ...met.map((one) => one.firstMs)]),
  };
  return [...held.filter((one) => !met.includes(one)), joined].toSorted((a, b) => a.fromMs - b.fromMs);
}

/** Takes a range out; of what is left of a range that was cut, nobody knows how many bars came. */
export function withoutCounted(held: readonly FetchedRange[], range: TimeRange): readonly FetchedRange[] {
  return held.flatMap((one) => {
    const left = rangesWithout([one], [range]);
    const isWhole = left.length === 1 && left[0]!.fromMs === one.fromMs && left[0]!.toMs === one.toMs;
    return isWhole ? [one] : left.map(({ fromMs, toMs }) => ({ fromMs, toMs, bars: 0, firstMs: null }));
  });
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((timeMs) => timeMs !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function barsIn(ranges: readonly FetchedRange[]): number {
  return ranges.reduce((sum, { bars }) => sum + bars, 0);
}
