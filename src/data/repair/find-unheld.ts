import { sliceBars, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { FetchedRange, TimeRange } from "../../ports/fetched-ranges.ts";
import { findGaps } from "../validation/find-gaps.ts";
import { findOpenEnds, firstRowFrom } from "./find-faults.ts";

/**
 * Where bars were lost that had been fetched: ranges in which fewer are held than came. Each is narrowed to what the
 * calendar misses in it, as far as that accounts for the loss.
 */
export function findUnheld(
  fetched: readonly FetchedRange[],
  held: Bars,
  calendar: Calendar,
): readonly TimeRange[] {
  return fetched.flatMap(({ firstMs, ...whole }) => {
    // Before the first bar that came there was none to lose.
    const range = { ...whole, fromMs: firstMs ?? whole.fromMs };
    const bars = sliceBars(held, firstRowFrom(held, range.fromMs), firstRowFrom(held, range.toMs));
    const lost = range.bars - bars.length;
    if (lost <= 0) return [];
    const holes = [
      ...findGaps(bars, calendar).map(({ afterMs, beforeMs, missing }) => ({
        fromMs: afterMs,
        toMs: beforeMs,
        bars: missing,
      })),
      ...findOpenEnds(bars, calendar, range, true),
    ];
    const accounted = holes.reduce((sum, hole) => sum + hole.bars, 0);
    const where = accounted >= lost ? holes : [range];
    return where.map(({ fromMs, toMs }) => ({ fromMs, toMs }));
  });
}
