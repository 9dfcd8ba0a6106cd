import { assert } from "../base/assert.ts";
import type { Bars } from "./bars.ts";
import type { Timeframe } from "./timeframe.ts";

const manyRows = 16_384;

/** Bars that grow by one row at a time: what a live feed and the resampler write and everybody else reads. */
export class BarTable implements Bars {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  length = 0;
  closeTimeMs: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;

  constructor(symbol: string, timeframe: Timeframe, capacity = 64) {
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.closeTimeMs = new Float64Array(capacity);
    this.open = new Float64Array(capacity);
    this.high = new Float64Array(capacity);
    this.low = new Float64Array(capacity);
    this.close = new Float64Array(capacity);
    this.volume = new Float64Array(capacity);
  }

  /** Appends a closed bar. */
  append(closeTimeMs: number, open: number, high: number, low: number, close: number, volume: number): void {
    const row = this.length;
    assert(row === 0 || closeTimeMs > this.closeTimeMs[row - 1]!, "bars are appended in time order");
    if (row === this.closeTimeMs.length) this.grow();
    this.closeTimeMs[row] = closeTimeMs;
    this.open[row] = open;
    this.high[row] = high;
    this.low[row] = low;
    this.close[row] = close;
    this.volume[row] = volume;
    this.length = row + 1;
  }

  private grow(): void {
    const { length } = this.closeTimeMs;
    // The tables of a session of months: room for as much again would be the largest part of them.
    const capacity = Math.max(64, Math.ceil(length * (length < manyRows ? 2 : 1.25)));
    for (const name of ["closeTimeMs", "open", "high", "low", "close", "volume"] as const) {
      const larger = new Float64Array(capacity);
      larger.set(this[name]);
      this[name] = larger;
    }
  }
}
