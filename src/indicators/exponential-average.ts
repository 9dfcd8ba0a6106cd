/**
 * Exponential average with alpha = 2 / (length + 1), seeded by the mean of the first `length` values.
 * The seed is a running mean and every step moves by a share of the difference, so that on flat values it is
 * exactly flat: no cross of two averages can come out of rounding noise.
 */
export class ExponentialAverage {
  readonly length: number;
  private readonly alpha: number;
  private count = 0;
  private average = 0;

  constructor(length: number) {
    this.length = length;
    this.alpha = 2 / (length + 1);
  }

  /** Takes a value in; returns the average, or NaN before the `length`-th value. */
  add(value: number): number {
    if (this.count < this.length) {
      this.count += 1;
      this.average += (value - this.average) / this.count;
      return this.count < this.length ? Number.NaN : this.average;
    }
    this.average += this.alpha * (value - this.average);
    return this.average;
  }
}
