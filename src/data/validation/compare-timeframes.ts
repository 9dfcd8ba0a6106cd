import { assert } from "../../base/assert.ts";
import { dayMs, formatTime } from "../../base/time.ts";
import { aggregateBars, type AggregatedBars } from "../../domain/aggregate-bars.ts";
import { barFields, type BarField, type Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { FindingExample } from "./bar-report.ts";

/** How often one number of a bar differs between two timeframes. */
export type FieldDisagreement = {
  readonly field: BarField;
  readonly count: number;
  /** The largest difference, relative to the larger of the two values, and where it is. */
  readonly worst: number;
  readonly worstAtMs: number;
  /** The first few, in the order of time. */
  readonly examples: readonly FindingExample[];
};

/** What bars of two timeframes of one symbol say about each other. */
export type TimeframeComparison = {
  readonly symbol: string;
  readonly fine: Timeframe;
  readonly coarse: Timeframe;
  /** Longer bars whose shorter bars are all there. */
  readonly compared: number;
  /** Longer bars that lack some of their shorter bars: they are not compared. */
  readonly incomplete: number;
  /** Longer bars without any shorter bar. */
  readonly unmatched: number;
  /** Longer bars that are missing although all their shorter bars are there, between the first and the last held. */
  readonly absent: number;
  /** In the order of `barFields`; empty when the timeframes agree. */
  readonly disagreements: readonly FieldDisagreement[];
};

/** Volumes are sums of decimals: this much is rounding. */
const roundingRelative = 1e-9;
const examplesMax = 5;

/**
 * Builds the longer bars from the shorter ones and compares them, value by value. Differences up to `tolerance`,
 * relative to the larger value, are rounding. Pure.
 */
export function compareTimeframes(
  fine: Bars,
  coarse: Bars,
  calendar: Calendar,
  tolerance = roundingRelative,
): TimeframeComparison {
  assert(timeframeMs(fine.timeframe) < timeframeMs(coarse.timeframe), "the finer bars come first");
  const built = aggregateBars(fine, coarse.timeframe, calendar);
  const pairs = pairUp(built, coarse, calendar);
  // A source without volumes says nothing about them.
  const fields = barFields.filter((field) => field !== "volume" || (hasVolume(fine) && hasVolume(coarse)));
  return {
    symbol: coarse.symbol,
    fine: fine.timeframe,
    coarse: coarse.timeframe,
    compared: pairs.compared.length,
    incomplete: pairs.incomplete,
    unmatched: coarse.length - pairs.compared.length - pairs.incomplete,
    absent: pairs.absent,
    disagreements: fields.flatMap((field) =>
      disagreementsIn(field, built.bars, coarse, pairs.compared, tolerance),
    ),
  };
}

type Pair = { readonly builtRow: number; readonly row: number };
type Pairs = { readonly compared: readonly Pair[]; readonly incomplete: number; readonly absent: number };

function pairUp({ bars, isComplete }: AggregatedBars, coarse: Bars, calendar: Calendar): Pairs {
  const compared: Pair[] = [];
  let incomplete = 0;
  let absent = 0;
  let builtRow = 0;
  for (let row = 0; row < coarse.length; row++) {
    const endMs = endOf(coarse, row, calendar);
    for (; builtRow < bars.length && bars.closeTimeMs[builtRow]! < endMs; builtRow++)
      if (row > 0 && isComplete[builtRow] === 1) absent += 1;
    if (builtRow >= bars.length || bars.closeTimeMs[builtRow] !== endMs) continue;
    if (isComplete[builtRow] === 1) compared.push({ builtRow, row });
    else incomplete += 1;
    builtRow += 1;
  }
  return { compared, incomplete, absent };
}

/** When a longer bar ends. Vendors stamp bars of a day and more with midnight, whenever the session ended. */
function endOf({ closeTimeMs, timeframe }: Bars, row: number, calendar: Calendar): number {
  const closeMs = closeTimeMs[row]!;
  return timeframeMs(timeframe) < dayMs ? closeMs : calendar.bucketEnd(closeMs, timeframe);
}

function hasVolume({ volume, length }: Bars): boolean {
  return volume.subarray(0, length).some((value) => value !== 0);
}

function disagreementsIn(
  field: BarField,
  built: Bars,
  coarse: Bars,
  pairs: readonly Pair[],
  tolerance: number,
): readonly FieldDisagreement[] {
  const examples: FindingExample[] = [];
  let count = 0;
  let worst = 0;
  let worstAtMs = Number.NaN;
  for (const { builtRow, row } of pairs) {
    const made = built[field][builtRow]!;
    const sent = coarse[field][row]!;
    const difference = relativeDifference(made, sent);
    if (difference <= tolerance) continue;
    count += 1;
    const closeTimeMs = coarse.closeTimeMs[row]!;
    if (!(difference <= worst)) [worst, worstAtMs] = [difference, closeTimeMs];
    if (examples.length >= examplesMax) continue;
    const text = `${field} ${sent} at ${formatTime(closeTimeMs)}, but the shorter bars make ${made}`;
    examples.push({ closeTimeMs, text });
  }
  return count === 0 ? [] : [{ field, count, worst, worstAtMs, examples }];
}

/** NaN where either value is none: that is never an agreement. */
function relativeDifference(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}
