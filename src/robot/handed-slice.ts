import type { MarketSlice } from "../domain/slice.ts";

/** A slice as a robot hands it to its engine: when that was, and whether it is history by then. Reused. */
export class HandedSlice implements MarketSlice {
  timeMs = 0;
  nowMs = 0;
  isStale = false;
  count = 0;
  instruments: Int32Array = new Int32Array(0);
  rows: Int32Array = new Int32Array(0);

  of({ timeMs, count, instruments, rows }: MarketSlice, nowMs: number, isStale: boolean): this {
    this.timeMs = timeMs;
    this.nowMs = nowMs;
    this.isStale = isStale;
    this.count = count;
    this.instruments = instruments;
    this.rows = rows;
    return this;
  }
}
