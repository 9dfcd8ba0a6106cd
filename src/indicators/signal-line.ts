import { ExponentialAverage } from "./exponential-average.ts";

/**
 * The second half of MACD and PPO: leaves the exponential average of a line at `out[1]` and the line minus that
 * average at `out[2]`.
 */
export class SignalLine {
  private readonly average: ExponentialAverage;
  private readonly out: Float64Array;

  constructor(length: number, out: Float64Array) {
    this.average = new ExponentialAverage(length);
    this.out = out;
  }

  /** Takes the line's value in (NaN while unknown); returns it, or NaN until its signal is known too. */
  add(line: number): number {
    const signal = Number.isNaN(line) ? Number.NaN : this.average.add(line);
    this.out[1] = signal;
    this.out[2] = line - signal;
    return Number.isNaN(signal) ? Number.NaN : line;
  }
}
