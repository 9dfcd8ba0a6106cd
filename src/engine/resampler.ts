import type { MarketSlice } from "../domain/slice.ts";
import type { Frame } from "./columns/frame.ts";

/** Says when the bars that are decided on have closed. */
export interface Resampler {
  /** The decision bars that this slice completes, or null while they are still growing. Reused. */
  update(slice: MarketSlice): MarketSlice | null;
  /** Of the only instrument: the decision bar that its bar in `row` completes; -1 while it is still growing. */
  completedBy(row: number): number;
  /** What was completed has been decided on without an `update`. */
  pass(completed: number): void;
}

/** Decisions on every base bar: nothing to build. */
export const everyBar: Resampler = {
  update: (slice) => (slice.count === 0 ? null : slice),
  completedBy: (row) => row,
  pass: () => {},
};

/** Decisions on higher bars, built from base bars by `frames` (one per instrument). */
export class FrameResampler implements Resampler {
  private readonly frames: readonly Frame[];
  private readonly lastRow: Int32Array;
  private readonly closed: { timeMs: number; count: number; instruments: Int32Array; rows: Int32Array };

  constructor(frames: readonly Frame[]) {
    this.frames = frames;
    this.lastRow = new Int32Array(frames.length).fill(-1);
    this.closed = {
      timeMs: 0,
      count: 0,
      instruments: new Int32Array(frames.length),
      rows: new Int32Array(frames.length),
    };
  }

  update(slice: MarketSlice): MarketSlice | null {
    const { closed } = this;
    closed.timeMs = slice.timeMs;
    closed.count = 0;
    for (let k = 0; k < slice.count; k++) {
      const index = slice.instruments[k]!;
      const frame = this.frames[index]!;
      frame.extend();
      const row = frame.visible[slice.rows[k]!]!;
      if (row === this.lastRow[index]!) continue;
      this.lastRow[index] = row;
      closed.instruments[closed.count] = index;
      closed.rows[closed.count] = row;
      closed.count += 1;
    }
    return closed.count === 0 ? null : closed;
  }

  completedBy(row: number): number {
    const frame = this.frames[0]!;
    frame.extend();
    const completed = frame.visible[row]!;
    return completed === this.lastRow[0]! ? -1 : completed;
  }

  pass(completed: number): void {
    this.lastRow[0] = completed;
  }
}
