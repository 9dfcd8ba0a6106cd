import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import { joinRanges } from "../pipeline/time-ranges.ts";
import { findFaults, type BarFault } from "./find-faults.ts";

/**
 * Which ranges of closes must be asked for again: gaps by the calendar, bars that no market can have made, and
 * outliers that came back. The bars are in the order of time.
 */
export function planRepair(bars: Bars, calendar: Calendar): readonly TimeRange[] {
  return joinRanges(findFaults(bars, calendar).map(({ fromMs, toMs }) => ({ fromMs, toMs })));
}

/** Faults in groups that one request covers: none reaches further than `reachMs`, unless a single fault does. */
export function groupFaults(faults: readonly BarFault[], reachMs: number): readonly (readonly BarFault[])[] {
  const groups: BarFault[][] = [];
  for (const fault of faults.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const group = groups.at(-1);
    if (group !== undefined && fault.toMs - group[0]!.fromMs <= reachMs) group.push(fault);
    else groups.push([fault]);
  }
  return groups;
}
