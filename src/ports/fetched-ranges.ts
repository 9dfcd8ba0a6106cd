import type { Timeframe } from "../domain/timeframe.ts";

/** Close times `fromMs <= close < toMs`, UTC milliseconds. */
export type TimeRange = { readonly fromMs: number; readonly toMs: number };

/** All times that a date can have. */
export const timeRangeMax: TimeRange = { fromMs: -8.64e15, toMs: 8.64e15 };

/** How many bars came, and the close of the first of them; null where none came or nobody knows. */
export type BarsCame = { readonly bars: number; readonly firstMs: number | null };

/** A range that was fetched, and how many bars came at least: fewer that are held mean that some were lost since. */
export type FetchedRange = TimeRange & BarsCame;

/** What was fetched of a series from one provider. */
export type FetchedSeries = {
  readonly source: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly ranges: readonly FetchedRange[];
};

/**
 * Which ranges a provider was asked for and has answered in full. Bars alone cannot say this: a venue that was closed
 * has none, and without a memory it would be asked for them again and again.
 */
export interface FetchedRanges {
  /** Sorted, joined, without overlap. */
  of(source: string, symbol: string, timeframe: Timeframe): Promise<readonly FetchedRange[]>;
  /** Everything that was fetched, from all providers. */
  all(): Promise<readonly FetchedSeries[]>;
  /** Remembers a range and what came in it, which is safe in the store. Doing it twice changes nothing. */
  add(source: string, symbol: string, timeframe: Timeframe, range: TimeRange, came: BarsCame): Promise<void>;
  /** Forgets what overlaps a range, so that it will be asked for again. */
  forget(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void>;
}
