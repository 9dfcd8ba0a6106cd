import { Prng } from "../src/base/prng.ts";
import { hourMs } from "../src/base/time.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";

/** Hourly bars of a geometric random walk: the series that peers are usually timed on. */
export function randomWalk(length: number, seed = 1, symbol = "WALK", deviation = 0.002): Bars {
  const prng = new Prng(seed);
  const column = () => new Float64Array(length);
  const columns = {
    closeTimeMs: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  const startMs = Date.UTC(2010, 0, 1);
  let price = 100;
  for (let row = 0; row < length; row++) {
    const close = price * (1 + prng.normal() * deviation);
    columns.closeTimeMs[row] = startMs + (row + 1) * hourMs;
    columns.open[row] = price;
    columns.close[row] = close;
    columns.high[row] = Math.max(price, close) * (1 + 0.0005);
    columns.low[row] = Math.min(price, close) * (1 - 0.0005);
    columns.volume[row] = 100 + prng.next() * 900;
    price = close;
  }
  return barsOf(symbol, "1h", columns);
}
