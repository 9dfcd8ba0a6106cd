import { badTickRows } from "../../data/validation/find-jumps.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";

/** Bars to learn from, and how many of them are missing values now. */
export type SoundBars = { readonly bars: Bars; readonly left: number };

/**
 * The bars with those that look like bad ticks as missing values: one price a thousand times too high would take a state
 * for itself. Who warns of them must not learn from them. Without any, the bars themselves.
 */
export function withoutBadTicks(bars: Bars): SoundBars {
  const rows = badTickRows(bars);
  if (rows.length === 0) return { bars, left: 0 };
  const missing = (column: Float64Array): Float64Array => {
    const copy = column.slice(0, bars.length);
    for (const row of rows) copy[row] = Number.NaN;
    return copy;
  };
  const { symbol, timeframe, closeTimeMs, open, high, low, close, volume } = bars;
  return {
    bars: barsOf(symbol, timeframe, {
      closeTimeMs: closeTimeMs.subarray(0, bars.length),
      open: missing(open),
      high: missing(high),
      low: missing(low),
      close: missing(close),
      volume,
    }),
    left: rows.length,
  };
}
