import type { TimeRange } from "../../ports/fetched-ranges.ts";

/** The same times as sorted ranges that neither overlap nor touch; empty ranges vanish. */
export function joinRanges(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const joined: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (!(range.fromMs < range.toMs)) continue;
    const last = joined.at(-1);
    if (last === undefined || range.fromMs > last.toMs) joined.push(range);
    else joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, range.toMs) };
  }
  return joined;
}

/** The times of `ranges` that are in none of `others`, sorted and joined. */
export function rangesWithout(
  ranges: readonly TimeRange[],
  others: readonly TimeRange[],
): readonly TimeRange[] {
  const holes = joinRanges(others);
  const left: TimeRange[] = [];
  for (const { fromMs, toMs } of joinRanges(ranges)) {
    let startMs = fromMs;
    for (const hole of holes) {
      if (hole.toMs <= startMs || hole.fromMs >= toMs) continue;
      if (hole.fromMs > startMs) left.push({ fromMs: startMs, toMs: hole.fromMs });
      startMs = hole.toMs;
    }
    if (startMs < toMs) left.push({ fromMs: startMs, toMs });
  }
  return left;
}

/** How long ranges are together. */
export function spanOf(ranges: readonly TimeRange[]): number {
  return joinRanges(ranges).reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs), 0);
}
