import { didYouMean } from "../../base/nearest.ts";
import { KiwiError } from "../../base/errors.ts";
import type { Bars } from "../../domain/bars.ts";
import type { FeatureSet } from "../../features/feature-set.ts";

/** Features of consecutive bars: one column per name, one row per bar. */
export type FeatureTable = {
  readonly names: readonly string[];
  /** When each row became known, UTC milliseconds. */
  readonly closeTimeMs: Float64Array;
  /** `columns[k]` belongs to `names[k]`; NaN where a feature has no value. */
  readonly columns: readonly Float64Array[];
  readonly length: number;
  /** The first row in which every column has a value; `length` where there is none. Later rows may have gaps again. */
  readonly firstCompleteRow: number;
};

/** First row, and the row after the last. */
type RowSpan = readonly [from: number, to: number];

/** What is wanted of a set; everything unless it says otherwise. */
export type FeatureSelection = {
  /** In this order. */
  readonly names?: readonly string[] | undefined;
  /** Bars that close at this time or later, UTC milliseconds. */
  readonly fromMs?: number | undefined;
  /** Bars that close before this time. */
  readonly toMs?: number | undefined;
  /** Columns in memory that worker threads share instead of copying. */
  readonly isShared?: boolean | undefined;
};

/** Puts columns together with the times of their bars, the first of which is in row `from`. */
export function featureTable(
  names: readonly string[],
  columns: readonly Float64Array[],
  bars: Bars,
  [from, to]: RowSpan,
  { isShared = false }: FeatureSelection,
): FeatureTable {
  const length = to - from;
  const times = bars.closeTimeMs.subarray(from, to);
  const closeTimeMs = isShared ? emptyColumn(length, true) : times;
  if (isShared) closeTimeMs.set(times);
  return { names, closeTimeMs, columns, length, firstCompleteRow: firstCompleteRow(columns, length) };
}

function firstCompleteRow(columns: readonly Float64Array[], length: number): number {
  for (let row = 0; row < length; row++) {
    if (columns.every((column) => !Number.isNaN(column[row]!))) return row;
  }
  return length;
}

/** An array of zeros, if wanted in memory that worker threads share. */
export function emptyColumn(length: number, isShared: boolean): Float64Array {
  if (!isShared) return new Float64Array(length);
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

/** First row and the row after the last of the bars with `fromMs <= close < toMs`. */
export function rowsBetween(
  bars: Bars,
  rows: number,
  { fromMs = -Infinity, toMs = Infinity }: FeatureSelection,
): RowSpan {
  const from = firstRowAt(bars, rows, fromMs);
  return [from, Math.max(from, firstRowAt(bars, rows, toMs))];
}

function firstRowAt({ closeTimeMs }: Bars, rows: number, timeMs: number): number {
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The names that are wanted of a set. Throws `FEATURE_UNKNOWN`, proposing the nearest name. */
export function wantedNames(set: FeatureSet, { names }: FeatureSelection): readonly string[] {
  const known = Object.keys(set.notes);
  for (const name of names ?? []) {
    if (known.includes(name)) continue;
    throw new KiwiError({
      code: "FEATURE_UNKNOWN",
      exit: "usage",
      message: `feature set ${set.name} has no feature "${name}"`,
      why: `version ${set.version} of it has ${known.length} features`,
      fix: didYouMean(name, known, (near) => `"${near}"`, `kiwi features show ${set.name} lists them`),
      topic: "indicators",
    });
  }
  return names ?? known;
}
