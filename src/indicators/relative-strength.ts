import { WilderAverage } from "./wilder-average.ts";

/** Wilder's relative strength index as a fold; what `rsi` and `stochastic-rsi` share. */
export class RelativeStrength {
  private readonly gain: WilderAverage;
  private readonly loss: WilderAverage;
  private previous = Number.NaN;

  constructor(length: number) {
    this.gain = new WilderAverage(length);
    this.loss = new WilderAverage(length);
  }

  /** Takes a value in; returns the index from 0 to 100, or NaN before the `length`-th change. */
  add(value: number): number {
    const change = value - this.previous;
    this.previous = value;
    if (Number.isNaN(change)) return Number.NaN;
    const gain = this.gain.add(change > 0 ? change : 0);
    const loss = this.loss.add(change < 0 ? -change : 0);
    const moved = gain + loss;
    // Dividing first keeps the result within 0 and 100 to the last bit.
    return moved === 0 ? 50 : (gain / moved) * 100;
  }
}
