import { EqualRun } from "./equal-run.ts";

/** Below this share of the largest sum since the last rebuild, rounding could show in the twelfth digit. */
const shareWorthTrusting = 1e-3;

/**
 * Mean and spread of the last `length` values. Deviations are taken from a pivot near the mean, and both sums
 * are rebuilt from the window every `length` rows and as soon as a spread has become small beside what passed
 * through the sums: so a mean of 1e8 beside a spread of 1e-2 does not cancel, an outlier leaves nothing behind,
 * and the result depends on the window alone to about twelve digits. Equal values have a spread of exactly 0.
 */
export class RollingVariance {
  /** The mean of the window, NaN until it is full. */
  mean = Number.NaN;
  private readonly length: number;
  private readonly window: Float64Array;
  private slot = 0;
  private count = 0;
  private readonly run = new EqualRun();
  private pivot = 0;
  private sum = 0;
  private squares = 0;
  private squaresMax = 0;
  private rowsSinceRebuild = 0;

  constructor(length: number) {
    this.length = length;
    this.window = new Float64Array(length);
  }

  /** Pushes a value out and one in; returns the sum of squared deviations, or NaN until the window is full. */
  add(value: number): number {
    const { slot, length } = this;
    const leaving = this.window[slot]!;
    this.window[slot] = value;
    this.slot = slot + 1 === length ? 0 : slot + 1;
    const equalRows = this.run.add(value);
    if (this.count < length) {
      this.count += 1;
      if (this.count < length) return Number.NaN;
      this.rowsSinceRebuild = length;
    }
    return equalRows >= length ? this.flat(value) : this.slide(leaving, value);
  }

  private flat(value: number): number {
    this.mean = value;
    this.rowsSinceRebuild = this.length;
    return 0;
  }

  private slide(leaving: number, entering: number): number {
    this.rowsSinceRebuild += 1;
    if (this.rowsSinceRebuild > this.length) return this.rebuild();
    const left = leaving - this.pivot;
    const entered = entering - this.pivot;
    this.sum += entered - left;
    this.squares += entered * entered - left * left;
    if (this.squares > this.squaresMax) this.squaresMax = this.squares;
    const spread = this.squares - (this.sum * this.sum) / this.length;
    if (spread < this.squaresMax * shareWorthTrusting) return this.rebuild();
    this.mean = this.pivot + this.sum / this.length;
    return spread;
  }

  private rebuild(): number {
    const { window, length } = this;
    const first = window[0]!;
    let fromFirst = 0;
    for (let i = 0; i < length; i++) fromFirst += window[i]! - first;
    const pivot = first + fromFirst / length;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < length; i++) {
      const deviation = window[i]! - pivot;
      sum += deviation;
      squares += deviation * deviation;
    }
    this.pivot = pivot;
    this.sum = sum;
    this.squares = squares;
    this.squaresMax = squares;
    this.rowsSinceRebuild = 0;
    this.mean = pivot + sum / length;
    return Math.max(0, squares - (sum * sum) / length);
  }
}
