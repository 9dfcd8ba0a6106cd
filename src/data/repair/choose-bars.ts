import { barFields, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { firstRowFrom, fitsGap, type BarFault } from "./find-faults.ts";

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
    if (isWanted(fault, offered, row, held, isPrimary, calendar)) rows.push(row);
  }
  return { rows, isAnswered };
}

function isWanted(
  fault: BarFault,
  offered: Bars,
  row: number,
  held: Bars,
  isPrimary: boolean,
  calendar: Calendar,
): boolean {
  const closeMs = offered.closeTimeMs[row]!;
  if (fault.kind === "broken" || fault.kind === "outlier")
    return (isPrimary || closeMs === fault.fromMs) && isOther(held, offered, row);
  const isTrusted = isPrimary || fitsGap(fault, closeMs, offered.timeframe, calendar);
  // In a gap nothing is held. A version that was lost comes from the primary; others only fill what is not there.
  return (isTrusted && heldRow(held, closeMs) === null) || (isPrimary && isOther(held, offered, row));
}

/** Where a bar is held, or null. */
function heldRow(held: Bars, closeMs: number): number | null {
  const at = firstRowFrom(held, closeMs);
  return at < held.length && held.closeTimeMs[at] === closeMs ? at : null;
}

/** Whether a held bar has other numbers than the bar in a row; false where none is held. */
function isOther(held: Bars, offered: Bars, row: number): boolean {
  const at = heldRow(held, offered.closeTimeMs[row]!);
  return at !== null && barFields.some((field) => held[field][at] !== offered[field][row]);
}
