/**
 * Sum and mean of the last `length` values as if computed without rounding. The sum is kept with its rounding errors
 * beside it (Knuth's TwoSum; Neumaier 1974), so that it depends on the window alone: the error of a plain running
 * sum would make a value depend on where the data began, and a cross of two averages could appear out of rounding
 * noise on flat prices.
 */
export class RollingSum {
  readonly length: number;
  private readonly window: Float64Array;
  private readonly inverse: number;
  private slot = 0;
  private missing: number;
  private total = 0;
  private error = 0;

  constructor(length: number) {
    this.length = length;
    this.inverse = 1 / length;
    this.window = new Float64Array(length);
    this.missing = length;
  }

  /** Pushes a value in and the oldest out; returns the sum, or NaN until the window is full. */
  add(value: number): number {
    this.push(value);
    return this.missing > 0 ? Number.NaN : this.total + this.error;
  }

  /** As `add`, but returns the mean, correctly rounded: equal values have exactly themselves as their mean. */
  mean(value: number): number {
    this.push(value);
    if (this.missing > 0) return Number.NaN;
    const { length, total, error } = this;
    const quotient = (total + error) / length;
    // Half the bits of the quotient (Veltkamp 1968) times a whole number is exact, and so is the remainder.
    const scaled = quotient * 134_217_729;
    const top = scaled - (scaled - quotient);
    const remainder = total - top * length - (quotient - top) * length + error;
    return quotient + remainder * this.inverse;
  }

  private push(value: number): void {
    const { slot, window, total } = this;
    const leaving = window[slot]!;
    window[slot] = value;
    this.slot = slot + 1 === this.length ? 0 : slot + 1;
    if (this.missing > 0) this.missing -= 1;
    const change = value - leaving;
    const back = change - value;
    const changeError = value - (change - back) - (leaving + back);
    const sum = total + change;
    const part = sum - total;
    this.total = sum;
    this.error += total - (sum - part) + (change - part) + changeError;
  }
}
