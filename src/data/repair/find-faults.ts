import { dayMs } from "../../base/time.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { expectedBars, expectsBars } from "../../domain/calendar/expects-bars.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { TimeRange } from "../../ports/fetched-ranges.ts";
import { findBrokenBars } from "../validation/find-broken-bars.ts";
import { findGaps } from "../validation/find-gaps.ts";
import { findJumps } from "../validation/find-jumps.ts";

/**
 * Bars that are missing, that are known to have been lost or missed, that no market can have made, or that look like a
 * bad tick.
 */
export type BarFaultKind = "gap" | "lost" | "broken" | "outlier";

/** A range of closes that is to be asked for again. */
export type BarFault = TimeRange & {
  readonly kind: BarFaultKind;
  /** Bars that are missing or bad. */
  readonly bars: number;
  /** The close of a bar held nearby, whose grid others must share; NaN where there is none. */
  readonly anchorMs: number;
};

/** A bad tick is gone within this many bars: they are asked for together. */
const outlierBars = 3;

/** Every fault in bars that are in the order of time; the faults themselves are in none. */
export function findFaults(bars: Bars, calendar: Calendar): readonly BarFault[] {
  return [...findGapsAndBroken(bars, calendar), ...findOutliers(bars)];
}

/** Faults that only better bars can end: what is missing between bars, and bars that cannot be. */
export function findGapsAndBroken(bars: Bars, calendar: Calendar): readonly BarFault[] {
  const gaps = findGaps(bars, calendar).map(({ afterMs, beforeMs, missing }): BarFault => ({
    kind: "gap",
    fromMs: afterMs + 1,
    toMs: beforeMs,
    bars: missing,
    anchorMs: afterMs,
  }));
  return [...gaps, ...[...brokenCloses(bars)].map((closeMs) => faultAt("broken", closeMs, closeMs + 1))];
}

/** What is known to be missing in a window: asked for whether or not bars of that time are held. */
export function findLost(
  bars: Bars,
  calendar: Calendar,
  window: TimeRange,
  missing: readonly TimeRange[],
): readonly BarFault[] {
  return missing.flatMap((range): readonly BarFault[] => {
    const fromMs = Math.max(range.fromMs, window.fromMs);
    const toMs = Math.min(range.toMs, window.toMs);
    if (!(fromMs < toMs)) return [];
    const anchorMs = bars.length === 0 ? Number.NaN : bars.closeTimeMs[0]!;
    const unheld = missingBetween(bars, calendar, fromMs, toMs);
    return [{ kind: "lost", fromMs, toMs, bars: Math.max(1, unheld), anchorMs }];
  });
}

/** How many bars the calendar expects in a range and are not held. */
export function missingBetween(bars: Bars, calendar: Calendar, fromMs: number, toMs: number): number {
  const expected = expectedBars(calendar, bars.timeframe, fromMs - 1, toMs);
  return Math.max(0, expected - (firstRowFrom(bars, toMs) - firstRowFrom(bars, fromMs)));
}

/** The first row that closes at a time or later. */
export function firstRowFrom({ closeTimeMs, length }: Bars, timeMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is missing at the ends of a window; at its beginning only where earlier bars are held. */
export function findOpenEnds(
  bars: Bars,
  calendar: Calendar,
  window: TimeRange,
  isHeldBefore: boolean,
): readonly BarFault[] {
  const { closeTimeMs, length, timeframe } = bars;
  const gap = (fromMs: number, toMs: number, anchorMs: number): readonly BarFault[] => {
    const missing = expectedBars(calendar, timeframe, fromMs - 1, toMs);
    return missing > 0 ? [{ kind: "gap", fromMs, toMs, bars: missing, anchorMs }] : [];
  };
  if (length === 0) return gap(window.fromMs, window.toMs, Number.NaN);
  const firstMs = closeTimeMs[0]!;
  const lastMs = closeTimeMs[length - 1]!;
  return [
    ...(isHeldBefore ? gap(window.fromMs, firstMs, firstMs) : []),
    ...gap(lastMs + 1, window.toMs, lastMs),
  ];
}

/** Closes of the bars that no market can have made. */
export function brokenCloses(bars: Bars): ReadonlySet<number> {
  const findings = findBrokenBars(bars, Infinity);
  return new Set(findings.flatMap(({ examples }) => examples.map(({ closeTimeMs }) => closeTimeMs)));
}

/** Whether another provider's bar belongs into a gap: on the grid of the bars around it, and in trading hours. */
export function fitsGap(fault: BarFault, closeMs: number, timeframe: Timeframe, calendar: Calendar): boolean {
  const spanMs = timeframeMs(timeframe);
  const isOnGrid =
    calendar.bucketEnd(closeMs, timeframe) === closeMs ||
    (closeMs - fault.anchorMs) % Math.min(spanMs, dayMs) === 0;
  return isOnGrid && expectsBars(calendar, timeframe, closeMs - spanMs, closeMs + 1);
}

/** Bad ticks, except those that are broken anyway. */
function findOutliers(bars: Bars): readonly BarFault[] {
  const broken = brokenCloses(bars);
  const reachMs = (outlierBars - 1) * timeframeMs(bars.timeframe) + 1;
  return findJumps(bars, Infinity)
    .filter(({ kind }) => kind === "outlier")
    .flatMap(({ examples }) => examples)
    .filter(({ closeTimeMs }) => !broken.has(closeTimeMs))
    .map(({ closeTimeMs }) => faultAt("outlier", closeTimeMs, closeTimeMs + reachMs));
}

function faultAt(kind: BarFaultKind, fromMs: number, toMs: number): BarFault {
  return { kind, fromMs, toMs, bars: 1, anchorMs: fromMs };
}
