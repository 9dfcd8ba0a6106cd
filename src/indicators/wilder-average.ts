/**
 * Wilder's smoothing: (previous * (length - 1) + value) / length, seeded by the mean of the first `length` values
 * (Wilder, New Concepts in Technical Trading Systems, 1978). Exactly flat on flat values.
 */
export class WilderAverage {
  readonly length: number;
  private count = 0;
  private average = 0;

  constructor(length: number) {
    this.length = length;
  }

  /** Takes a value in; returns the average, or NaN before the `length`-th value. */
  add(value: number): number {
    // Dividing by the count while it grows is the running mean, and from the seed on Wilder's own step.
    if (this.count < this.length) this.count += 1;
    this.average += (value - this.average) / this.count;
    return this.count < this.length ? Number.NaN : this.average;
  }
}
