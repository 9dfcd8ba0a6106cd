import type { Bars } from "../domain/bars.ts";
import type { MarketSlice } from "../domain/slice.ts";

/**
 * The returns of every instrument side by side over the last instants at which bars closed; an instrument without a bar
 * at an instant did not move then. Out of them comes what a set of holdings would have made.
 */
export class JointReturns {
  private readonly bars: readonly Bars[];
  private readonly length: number;
  private readonly returns: Float64Array;
  private readonly lastClose: Float64Array;
  private next = 0;
  private filled = 0;

  constructor(bars: readonly Bars[], length: number) {
    this.bars = bars;
    this.length = length;
    this.returns = new Float64Array(length * bars.length);
    this.lastClose = new Float64Array(bars.length).fill(Number.NaN);
  }

  /** How many instants are known. */
  get count(): number {
    return this.filled;
  }

  /** Takes in the bars that close now. */
  add({ count, instruments, rows }: MarketSlice): void {
    if (count === 0) return;
    const from = this.next * this.bars.length;
    this.returns.fill(0, from, from + this.bars.length);
    for (let k = 0; k < count; k++) {
      const index = instruments[k]!;
      const close = this.bars[index]!.close[rows[k]!]!;
      const change = close / this.lastClose[index]! - 1;
      // Before the first bar, and around one that is missing, nothing is known to have moved.
      if (Number.isFinite(change)) this.returns[from + index] = change;
      if (close > 0) this.lastClose[index] = close;
    }
    this.next = (this.next + 1) % this.length;
    this.filled = Math.min(this.length, this.filled + 1);
  }

  /** Adds to `made` what this value of an instrument would have made at each instant, oldest first. */
  addMade(made: Float64Array, instrument: number, value: number): void {
    const width = this.bars.length;
    const oldest = this.next - this.filled + this.length;
    for (let k = 0; k < this.filled; k++) {
      made[k]! += value * this.returns[((oldest + k) % this.length) * width + instrument]!;
    }
  }

  /** Correlation of two instruments; NaN where either has not moved. */
  correlation(one: number, other: number): number {
    const width = this.bars.length;
    let [sumA, sumB, sumAa, sumBb, sumAb] = [0, 0, 0, 0, 0];
    for (let k = 0; k < this.filled; k++) {
      const a = this.returns[k * width + one]!;
      const b = this.returns[k * width + other]!;
      sumA += a;
      sumB += b;
      sumAa += a * a;
      sumBb += b * b;
      sumAb += a * b;
    }
    const n = this.filled;
    return (sumAb - (sumA * sumB) / n) / Math.sqrt((sumAa - (sumA * sumA) / n) * (sumBb - (sumB * sumB) / n));
  }
}
