import { RollingSum } from "./rolling-sum.ts";

/** The two lines of a stochastic: k smooths the raw position, d smooths k, both by simple averages. */
export class StochasticLines {
  /** The slower line as of the last value. */
  d = Number.NaN;
  private readonly smoothK: RollingSum;
  private readonly smoothD: RollingSum;

  constructor(smoothK: number, smoothD: number) {
    this.smoothK = new RollingSum(smoothK);
    this.smoothD = new RollingSum(smoothD);
  }

  /** Takes a raw position in; returns k, or NaN until d is known too. */
  add(position: number): number {
    const k = this.smoothK.add(position) / this.smoothK.length;
    if (Number.isNaN(k)) return Number.NaN;
    this.d = this.smoothD.add(k) / this.smoothD.length;
    return Number.isNaN(this.d) ? Number.NaN : k;
  }
}
