import type { MarketSlice } from "../domain/slice.ts";

/** A slice of one instrument, for a session that has only that one. Reused. */
export class LoneSlice implements MarketSlice {
  timeMs = 0;
  nowMs: number | undefined = undefined;
  isStale = false;
  count = 1;
  readonly instruments: Int32Array = new Int32Array(1);
  readonly rows: Int32Array = new Int32Array(1);

  /** Points at a row; without one it is a heartbeat. */
  at(timeMs: number, row: number | null): this {
    this.timeMs = timeMs;
    this.count = row === null ? 0 : 1;
    this.rows[0] = row ?? 0;
    return this;
  }

  /** The same instant as `slice`, without its bars. */
  after({ timeMs, nowMs, isStale }: MarketSlice): this {
    this.nowMs = nowMs;
    this.isStale = isStale === true;
    return this.at(timeMs, null);
  }
}
