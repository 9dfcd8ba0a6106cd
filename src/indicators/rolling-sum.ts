/**
 * Sum of the last `length` values, kept in double-double arithmetic (Dekker 1971, Knuth's TwoSum), so that it
 * depends on the window alone: an error of a running sum would make a value depend on where the data began,
 * and a cross of two averages could appear out of rounding noise on flat prices.
 */
export class RollingSum {
  readonly length: number;
  private readonly window: Float64Array;
  private slot = 0;
  private count = 0;
  private high = 0;
  private low = 0;

  constructor(length: number) {
    this.length = length;
    this.window = new Float64Array(length);
  }

  /** Pushes a value out and one in; returns the sum, or NaN until the window is full. */
  add(value: number): number {
    const slot = this.slot;
    const leaving = this.window[slot]!;
    this.window[slot] = value;
    this.slot = slot + 1 === this.length ? 0 : slot + 1;
    this.accumulate(value);
    if (this.count < this.length) {
      this.count += 1;
      return this.count === this.length ? this.high + this.low : Number.NaN;
    }
    this.accumulate(-leaving);
    return this.high + this.low;
  }

  private accumulate(value: number): void {
    const high = this.high;
    const sum = high + value;
    const back = sum - high;
    const low = this.low + (high - (sum - back) + (value - back));
    // Renormalise, so that `low` stays below half a unit in the last place of `high`.
    this.high = sum + low;
    this.low = low - (this.high - sum);
  }
}
