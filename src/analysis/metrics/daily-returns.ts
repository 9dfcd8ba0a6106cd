import { sessionsOf, type SessionCalendar } from "./sessions.ts";

/** An equity curve, one value per bar; rows 0 to `length - 1` are valid. */
export type EquityCurve = {
  readonly closeTimeMs: Float64Array;
  /** Realised and unrealised, in base currency, at the close of the bar. */
  readonly equity: Float64Array;
  readonly length: number;
  /** Equity before the first bar: E_0 of every formula. */
  readonly startEquity: number;
};

/** One entry per trading day, oldest first. */
export type DailyReturns = {
  /** Trading days as days since 1970-01-01. */
  readonly days: Int32Array;
  /** Last equity of the day. */
  readonly equity: Float64Array;
  /** Simple return since the day before, the first since the starting equity; NaN after equity fell to 0 or below. */
  readonly returns: Float64Array;
};

/** The equity curve by trading day: what every return metric is computed from. */
export function dailyReturns(curve: EquityCurve, calendar: SessionCalendar): DailyReturns {
  const { days, ends } = sessionsOf(curve.closeTimeMs, curve.length, calendar);
  const equity = new Float64Array(ends.length);
  for (let i = 0; i < ends.length; i++) equity[i] = curve.equity[ends[i]!]!;
  return { days, equity, returns: simpleReturns(equity, curve.startEquity) };
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
