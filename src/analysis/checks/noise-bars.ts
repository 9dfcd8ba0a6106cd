import { Prng } from "../../base/prng.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { rowsUntil } from "./compare-traces.ts";

/**
 * The bars with everything after `cutMs` replaced by noise of the same scale: a random walk with the bars' own
 * volatility, their close times, and volumes drawn from theirs. The first noisy bar opens away from the last true
 * close, so that nobody who fills after the cut gets a price known before it.
 */
export function noiseAfter(bars: Bars, cutMs: number, seed: number): Bars {
  const from = rowsUntil(bars, cutMs);
  const prng = new Prng(seed).fork(bars.symbol);
  const scale = returnDeviation(bars);
  const columns = {
    closeTimeMs: bars.closeTimeMs.slice(0, bars.length),
    open: bars.open.slice(0, bars.length),
    high: bars.high.slice(0, bars.length),
    low: bars.low.slice(0, bars.length),
    close: bars.close.slice(0, bars.length),
    volume: bars.volume.slice(0, bars.length),
  };
  const { open, high, low, close, volume } = columns;
  for (let row = from; row < bars.length; row++) {
    const gap = row === from ? (prng.next() < 0.5 ? -1 : 1) * (3 + prng.next()) : 0.2 * prng.normal();
    open[row] = (row === 0 ? bars.open[0]! : close[row - 1]!) * Math.exp(scale * gap);
    close[row] = open[row]! * Math.exp(scale * prng.normal());
    high[row] = Math.max(open[row]!, close[row]!) * Math.exp(scale * prng.next());
    low[row] = Math.min(open[row]!, close[row]!) * Math.exp(-scale * prng.next());
    volume[row] = bars.volume[prng.integer(bars.length)]!;
  }
  return barsOf(bars.symbol, bars.timeframe, columns);
}

/** Standard deviation of the log returns of the closes, and never nothing: still bars get noise, too. */
function returnDeviation(bars: Bars): number {
  let sum = 0;
  let count = 0;
  for (let row = 1; row < bars.length; row++) {
    const change = Math.log(bars.close[row]! / bars.close[row - 1]!);
    if (!Number.isFinite(change)) continue;
    sum += change * change;
    count += 1;
  }
  const smallest = 1e-4;
  return count === 0 ? smallest : Math.max(smallest, Math.sqrt(sum / count));
}
