import type { Timeframe } from "../timeframe.ts";

/**
 * When a market trades, and where its days and bars end. Pure arithmetic: no clock is read.
 * A bar is known by its close, so every question is asked with the close and answered for the instant just before it.
 */
export interface Calendar {
  /** `24/7`, `24/5`, `us-equity`, or with days that roll elsewhere `24/7@<zone>` and `24/5@<zone>`. */
  readonly name: string;
  /** IANA zone in which the trading day rolls. */
  readonly timeZone: string;
  /** Trading days per year, for annualising. */
  readonly periodsPerYear: number;
  /**
   * Number of the trading day that a bar closing at `closeTimeMs` belongs to: days from 1970-01-01 to the trading
   * date, never decreasing with time.
   */
  sessionOf(closeTimeMs: number): number;
  /** Whether regular trading is open at this instant. */
  isOpen(timeMs: number): boolean;
  /** When regular trading opens next: the instant itself while the market is open. */
  opensAt(timeMs: number): number;
  /** Until when regular trading went on that came before this instant: the instant itself while the market is open. */
  tradedUntil(timeMs: number): number;
  /**
   * When the bar of `timeframe` that contains the instant just before `closeTimeMs` closes, UTC milliseconds.
   * At or after `closeTimeMs` for a bar inside trading hours. Earlier only for a bar of a day or longer that the
   * source stamps after the session's close (a daily equity bar at 24:00 UTC), and for trades after the close:
   * both belong to the session that has just ended. Throws `TIMEFRAME_UNKNOWN`.
   */
  bucketEnd(closeTimeMs: number, timeframe: Timeframe): number;
  /** How many bars of `timeframe` the calendar expects strictly between the bars that close at these two times. */
  missingBars(previousCloseMs: number, nextCloseMs: number, timeframe: Timeframe): number;
}
