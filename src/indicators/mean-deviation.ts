import { RollingSum } from "./rolling-sum.ts";

/**
 * Mean absolute deviation of the last `length` values from their mean. The mean moves with every row and with it
 * every deviation, so a row costs O(length); a sorted tree would be O(log length) and slower at usual lengths.
 */
export class MeanDeviation {
  /** The mean of the window, NaN until it is full. */
  mean = Number.NaN;
  private readonly sum: RollingSum;
  /** Every value stands twice, `length` apart, so that the window is one run in time order. */
  private readonly values: Float64Array;
  private slot = 0;

  constructor(length: number) {
    this.sum = new RollingSum(length);
    this.values = new Float64Array(2 * length);
  }

  /** Pushes a value out and one in; returns the mean absolute deviation, or NaN until the window is full. */
  add(value: number): number {
    const { values, slot } = this;
    const length = this.sum.length;
    values[slot] = value;
    values[slot + length] = value;
    this.slot = slot + 1 === length ? 0 : slot + 1;
    const mean = this.sum.add(value) / length;
    this.mean = mean;
    if (Number.isNaN(mean)) return Number.NaN;
    let total = 0;
    for (let i = slot + 1; i <= slot + length; i++) total += Math.abs(values[i]! - mean);
    return total / length;
  }
}
