import type { Timeframe } from "./timeframe.ts";

/**
 * Closed bars of one instrument and timeframe, oldest first, one array per column.
 * Rows 0 to `length - 1` are valid; the arrays may be longer (spare room for live bars), and a live table
 * replaces them when it grows: read them through this object and do not keep them.
 */
export interface Bars {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly length: number;
  /** When the bar became known, UTC milliseconds; strictly increasing. The only bar time in the core. */
  readonly closeTimeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** In units of the base asset; 0 where the source has none. */
  readonly volume: Float64Array;
  /** The calendar that the closes were read on; what is cut out of a table keeps it. Not there: it is told from the closes. */
  readonly calendarName?: string | undefined;
  /** One value, where the arrays are made anew for every bar; see `barValue`. */
  readonly valueAt?: (field: BarField, row: number) => number;
}

/** The value of a field in a row before `length`: cheap on every bar, also where the arrays of `bars` are not. */
export function barValue(bars: Bars, field: BarField, row: number): number {
  return bars.valueAt === undefined ? bars[field][row]! : bars.valueAt(field, row);
}

/** The numbers of a bar, in the order in which everybody writes them. */
export const barFields = ["open", "high", "low", "close", "volume"] as const;
export type BarField = (typeof barFields)[number];

/** Wraps finished columns of equal length as `Bars`. */
export function barsOf(
  symbol: string,
  timeframe: Timeframe,
  columns: Pick<Bars, "closeTimeMs" | BarField | "calendarName">,
): Bars {
  return { symbol, timeframe, length: columns.closeTimeMs.length, ...columns };
}

/** Rows `from` to `to - 1` as bars of their own, copied: whoever holds the result cannot reach past `to`. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  return barsOf(bars.symbol, bars.timeframe, {
    closeTimeMs: bars.closeTimeMs.slice(from, to),
    open: bars.open.slice(from, to),
    high: bars.high.slice(from, to),
    low: bars.low.slice(from, to),
    close: bars.close.slice(from, to),
    volume: bars.volume.slice(from, to),
    ...(bars.calendarName === undefined ? {} : { calendarName: bars.calendarName }),
  });
}
