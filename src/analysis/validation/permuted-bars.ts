import type { Prng } from "../../base/prng.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";

/**
 * The same moves in another order: each bar keeps its shape and its gap to the close before it, and stands elsewhere. What
 * came after what is gone; trend over the whole, volatility and fat tails stay. The first close stays where it is, and so
 * does the last. Prices must be positive.
 */
export function permutedBars(bars: Bars, prng: Prng): Bars {
  const { length, closeTimeMs } = bars;
  const order = Int32Array.from({ length: length - 1 }, (_, k) => k + 1);
  for (let k = order.length - 1; k > 0; k--) {
    const other = prng.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  const column = (from: Float64Array): Float64Array => from.slice(0, length);
  const [open, high, low, close, volume] = [bars.open, bars.high, bars.low, bars.close, bars.volume].map(
    column,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  for (let row = 1; row < length; row++) {
    const from = order[row - 1]!;
    const scale = close[row - 1]! / bars.close[from - 1]!;
    open[row] = bars.open[from]! * scale;
    high[row] = bars.high[from]! * scale;
    low[row] = bars.low[from]! * scale;
    close[row] = bars.close[from]! * scale;
    volume[row] = bars.volume[from]!;
  }
  return barsOf(bars.symbol, bars.timeframe, {
    closeTimeMs: closeTimeMs.slice(0, length),
    open,
    high,
    low,
    close,
    volume,
    ...(bars.calendarName === undefined ? {} : { calendarName: bars.calendarName }),
  });
}
