import { DoubleDouble } from "./double-double.ts";
import { EqualRun } from "./equal-run.ts";
import { LagWindow } from "./lag-window.ts";

/**
 * Linearly weighted average of the last `length` values: weight `length` on the newest, 1 on the oldest.
 * From one row to the next every weight falls by one, so the weighted sum changes by
 * `length * newest - (sum of the window before)`: O(1) a row, in double-double arithmetic because this
 * recursion never forgets an error. The result depends on the window alone and is exactly flat on flat values.
 */
export class WeightedAverage {
  private readonly length: number;
  private readonly window: LagWindow;
  private readonly run = new EqualRun();
  private readonly total: number;
  private readonly sum = new DoubleDouble();
  private readonly weighted = new DoubleDouble();
  private count = 0;

  constructor(length: number) {
    this.length = length;
    this.window = new LagWindow(length);
    this.total = (length * (length + 1)) / 2;
  }

  /** Takes a value in; returns the average, or NaN before the `length`-th value. */
  add(value: number): number {
    const { length, sum, weighted } = this;
    const leaving = this.window.add(value);
    const equalRows = this.run.add(value);
    if (this.count < length) {
      this.count += 1;
      weighted.addProduct(this.count, value);
      sum.add(value);
      if (this.count < length) return Number.NaN;
    } else {
      weighted.addProduct(length, value);
      weighted.add(-sum.high);
      weighted.add(-sum.low);
      sum.add(value);
      sum.add(-leaving);
    }
    // Multiplying by the weights and dividing by their total would round a flat price away from itself.
    return equalRows >= length ? value : weighted.high / this.total;
  }
}
