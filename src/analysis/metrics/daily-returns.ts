import { periodsPerYearOf, yearsBetween } from "./measured-time.ts";
import { sessionsOf, type SessionCalendar } from "./sessions.ts";

/**
 * An equity curve, one value per bar; rows 0 to `length - 1` are valid. Row 0 is the close of the bar on which a
 * decision was possible for the first time: there the account stands at its start, and time begins to count.
 */
export type EquityCurve = {
  readonly closeTimeMs: Float64Array;
  /** Realised and unrealised, in base currency, at the close of the bar. */
  readonly equity: Float64Array;
  readonly length: number;
  /** Equity at row 0: E_0 of every formula. */
  readonly startEquity: number;
};

/** One entry per period, oldest first. A period is a trading day, or a bar where bars are longer than a day. */
export type DailyReturns = {
  /** Trading days as days since 1970-01-01. */
  readonly days: Int32Array;
  /** Row of the curve at which each period ends. */
  readonly ends: Int32Array;
  /** Last equity of the period. */
  readonly equity: Float64Array;
  /** Simple return since the period before, the first since row 0; NaN after equity fell to 0 or below. */
  readonly returns: Float64Array;
  /** From row 0 to the last row, by the clock. */
  readonly years: number;
  /** N: periods over years; what the calendar expects where nothing was measured. */
  readonly periodsPerYear: number;
};

/** The equity curve by trading day: what every return metric is computed from. */
export function dailyReturns(curve: EquityCurve, calendar: SessionCalendar): DailyReturns {
  const { closeTimeMs, length, startEquity } = curve;
  const sessions = sessionsOf(closeTimeMs, length, calendar);
  // A day that ends with row 0 has only the starting equity: nothing could happen in it.
  const first = sessions.ends[0] === 0 ? 1 : 0;
  const days = sessions.days.subarray(first);
  const ends = sessions.ends.subarray(first);
  const equity = Float64Array.from(ends, (row) => curve.equity[row]!);
  const years = length === 0 ? 0 : yearsBetween(closeTimeMs[0]!, closeTimeMs[length - 1]!);
  const periodsPerYear = periodsPerYearOf(ends.length, years, calendar.periodsPerYear);
  return { days, ends, equity, returns: simpleReturns(equity, startEquity), years, periodsPerYear };
}

/** Simple returns of successive values, the first against `startEquity`; NaN where the value before is not positive. */
export function simpleReturns(equity: Float64Array, startEquity: number): Float64Array {
  const returns = new Float64Array(equity.length);
  let previous = startEquity;
  for (let i = 0; i < equity.length; i++) {
    returns[i] = simpleReturn(previous, equity[i]!);
    previous = equity[i]!;
  }
  return returns;
}

/** `current / previous - 1`; NaN where `previous` is not positive, for then a return has no meaning. */
export function simpleReturn(previous: number, current: number): number {
  return previous > 0 ? current / previous - 1 : Number.NaN;
}
