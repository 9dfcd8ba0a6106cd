import { LagWindow } from "./lag-window.ts";

/** The last `length` values in ascending order: O(log length) to look up, and a short shift to replace one. */
export class SortedWindow {
  private readonly sorted: Float64Array;
  private readonly window: LagWindow;

  constructor(length: number) {
    // Places not taken yet hold infinity, so that they sort behind every value.
    this.sorted = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
    this.window = new LagWindow(length);
  }

  /** Pushes a value out and one in; returns how many values of the window before were below the new one. */
  add(value: number): number {
    const { sorted } = this;
    const leaving = this.window.add(value);
    const rank = this.countBelow(value);
    const slot = this.countBelow(Number.isNaN(leaving) ? Number.POSITIVE_INFINITY : leaving);
    if (rank > slot) {
      sorted.copyWithin(slot, slot + 1, rank);
      sorted[rank - 1] = value;
    } else {
      sorted.copyWithin(rank + 1, rank, slot);
      sorted[rank] = value;
    }
    return rank;
  }

  private countBelow(value: number): number {
    const { sorted } = this;
    let from = 0;
    let to = sorted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (sorted[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
