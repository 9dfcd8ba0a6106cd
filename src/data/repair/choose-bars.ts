import { barFields, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { fitsGap, type BarFault } from "./find-faults.ts";

/** What a provider's bars mean for a fault. */
export type Choice = {
  /** Rows of the provider's bars that are to be stored. */
  readonly rows: readonly number[];
  /** Whether the provider has the very bar that looks like a bad tick, the same or another. */
  readonly isAnswered: boolean;
};

/**
 * Picks the rows that end a fault. The primary may correct every bar around a bad tick and fill a gap with whatever it
 * has; another provider stands in for exactly the bars that are missing or bad.
 */
export function chooseBars(
  fault: BarFault,
  offered: Bars,
  held: Bars,
  isPrimary: boolean,
  calendar: Calendar,
): Choice {
  const rows: number[] = [];
  let isAnswered = false;
  for (let row = firstRowFrom(offered, fault.fromMs); row < offered.length; row++) {
    const closeMs = offered.closeTimeMs[row]!;
    if (closeMs >= fault.toMs) break;
    isAnswered ||= closeMs === fault.fromMs;
    const isWanted =
      fault.kind === "gap"
        ? isPrimary || fitsGap(fault, closeMs, offered.timeframe, calendar)
        : (isPrimary || closeMs === fault.fromMs) && isOther(held, offered, row);
    if (isWanted) rows.push(row);
  }
  return { rows, isAnswered };
}

/** Whether a held bar has other numbers than the bar in a row; false where none is held. */
function isOther(held: Bars, offered: Bars, row: number): boolean {
  const closeMs = offered.closeTimeMs[row]!;
  const at = firstRowFrom(held, closeMs);
  if (at >= held.length || held.closeTimeMs[at] !== closeMs) return false;
  return barFields.some((field) => held[field][at] !== offered[field][row]);
}

/** The first row that closes at a time or later. */
function firstRowFrom({ closeTimeMs, length }: Bars, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
