import type { Timeframe } from "../domain/timeframe.ts";

/** Close times `fromMs <= close < toMs`, UTC milliseconds. */
export type TimeRange = { readonly fromMs: number; readonly toMs: number };

/**
 * Which ranges a provider was asked for and has answered in full. Bars alone cannot say this: a venue that was closed
 * has none, and without a memory it would be asked for them again and again.
 */
export interface FetchedRanges {
  /** Sorted, joined, without overlap. */
  of(source: string, symbol: string, timeframe: Timeframe): Promise<readonly TimeRange[]>;
  /** Remembers a range whose bars are safe in the store. Doing it twice changes nothing. */
  add(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void>;
  /** Forgets what overlaps a range, so that it will be asked for again. */
  forget(source: string, symbol: string, timeframe: Timeframe, range: TimeRange): Promise<void>;
}
