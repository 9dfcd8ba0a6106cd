import { trueRangeOf } from "./true-range.ts";
import { WilderAverage } from "./wilder-average.ts";

/** Wilder's average of the true range; the first value needs `length` true ranges, so `length + 1` bars. */
export class AverageTrueRange {
  private readonly average: WilderAverage;
  private previousClose = Number.NaN;

  constructor(length: number) {
    this.average = new WilderAverage(length);
  }

  /** Takes a bar in; returns the average, or NaN while warming up. */
  add(high: number, low: number, close: number): number {
    const range = trueRangeOf(high, low, this.previousClose);
    this.previousClose = close;
    return Number.isNaN(range) ? range : this.average.add(range);
  }
}
