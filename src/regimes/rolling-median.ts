import { LagWindow } from "../indicators/lag-window.ts";

/** The median of the last `length` values, or of all while there are fewer. */
export class RollingMedian {
  private readonly sorted: Float64Array;
  private readonly window: LagWindow;
  private count = 0;

  constructor(length: number) {
    this.sorted = new Float64Array(length);
    this.window = new LagWindow(length);
  }

  /** Takes a value; returns the median with it. */
  add(value: number): number {
    const { sorted } = this;
    const leaving = this.window.add(value);
    // Until the window is full nothing leaves, and the place behind the last value is free.
    const gap = this.count < sorted.length ? this.count++ : this.countBelow(leaving);
    sorted.copyWithin(gap, gap + 1, this.count);
    let slot = this.countBelow(value, this.count - 1);
    sorted.copyWithin(slot + 1, slot, this.count - 1);
    sorted[slot] = value;
    slot = this.count >> 1;
    return this.count % 2 === 1 ? sorted[slot]! : (sorted[slot - 1]! + sorted[slot]!) / 2;
  }

  private countBelow(value: number, count = this.count): number {
    let [from, to] = [0, count];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.sorted[middle]! < value) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
