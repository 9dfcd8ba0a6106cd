import type { Bars } from "../../domain/bars.ts";
import type { LiveBar } from "../../ports/bar-source.ts";

/** The rows of a table as bars of a stream. */
export function* liveBars(bars: Bars): Generator<LiveBar> {
  const { symbol, timeframe, closeTimeMs, open, high, low, close, volume } = bars;
  for (let row = 0; row < bars.length; row++) {
    yield {
      symbol,
      timeframe,
      closeTimeMs: closeTimeMs[row]!,
      open: open[row]!,
      high: high[row]!,
      low: low[row]!,
      close: close[row]!,
      volume: volume[row]!,
    };
  }
}
