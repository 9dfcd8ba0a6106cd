import type { MarketSlice } from "../domain/slice.ts";

/** A slice that is history by the time it is handed over: it warms up and marks, and nothing is ordered on it. */
export class StaleSlice implements MarketSlice {
  readonly isStale = true;
  timeMs = 0;
  count = 0;
  instruments: Int32Array = new Int32Array(0);
  rows: Int32Array = new Int32Array(0);

  of({ timeMs, count, instruments, rows }: MarketSlice): this {
    this.timeMs = timeMs;
    this.count = count;
    this.instruments = instruments;
    this.rows = rows;
    return this;
  }
}
