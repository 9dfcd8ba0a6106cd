import type { Bars } from "../../domain/bars.ts";

/**
 * An external series as it was known with the bars that are shown: the rows that had closed when the newest of them
 * did. Where a check lets bars arrive one by one, the series grows with them, so that it can give nothing away either.
 */
export function knownWith(shown: readonly Bars[], series: Bars): Bars {
  const { symbol, timeframe, closeTimeMs, open, high, low, close, volume } = series;
  let rows = 0;
  return {
    symbol,
    timeframe,
    closeTimeMs,
    open,
    high,
    low,
    close,
    volume,
    get length() {
      let nowMs = -Infinity;
      for (const bars of shown) nowMs = Math.max(nowMs, bars.closeTimeMs[bars.length - 1] ?? -Infinity);
      while (rows < series.length && closeTimeMs[rows]! <= nowMs) rows += 1;
      return rows;
    },
  };
}
