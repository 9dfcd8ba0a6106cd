import type { Bars } from "../domain/bars.ts";
import { LagWindow } from "../indicators/lag-window.ts";
import { RollingSum } from "../indicators/rolling-sum.ts";

/** The fields of bars that the features are made of, in the order in which `next` takes them. */
export const hmmFeatureFields = ["high", "low", "close"] as const;

/** What each feature says of a block. */
export const hmmFeatureNames = ["drift", "log volatility"] as const;

/** A deviation below this is the rounding of prices that stand still. */
const volatilityMin = 1e-12;
/** The mean range of a Brownian motion is 2 sqrt(2 / pi) standard deviations (Feller 1951). */
const rangePerDeviation = 2 * Math.sqrt(2 / Math.PI);

/**
 * What the hidden Markov models see: two numbers that sum up the last `blockBars` bars, one row per bar.
 * Volatility is the mean of ln(high / low), gaps included, over 2 sqrt(2 / pi), the standard deviation of a bar;
 * drift is the return of the block over that deviation and sqrt(blockBars), a t-statistic. Over a block a weak drift
 * adds up and the noise of single bars averages out, so that states differ by more than their spread; and ranges
 * tell volatility several times better than returns do (Parkinson 1980; Alizadeh, Brandt and Diebold 2002).
 * A row overlaps with the `blockBars - 1` rows before it: models take every `blockBars`th one.
 */
export class HmmFeatures {
  /** Drift and log volatility of the block that ends with the last bar, NaN until there are enough; overwritten by the next bar. */
  readonly row: Float64Array = new Float64Array(hmmFeatureNames.length).fill(Number.NaN);
  /** Log return of the last bar; NaN on the first. */
  logReturn = Number.NaN;
  private readonly ranges: RollingSum;
  private readonly logCloses: LagWindow;
  private readonly rootOfBars: number;
  private logClose = Number.NaN;

  constructor(blockBars: number) {
    this.ranges = new RollingSum(blockBars);
    this.logCloses = new LagWindow(blockBars);
    this.rootOfBars = Math.sqrt(blockBars);
  }

  /** Takes a bar. One without positive prices is passed over: false, and `row` is NaN. */
  next(high: number, low: number, close: number): boolean {
    this.row.fill(Number.NaN);
    this.logReturn = Number.NaN;
    if (!(low > 0 && close > 0 && high < Infinity)) return false;
    const before = this.logClose;
    this.logClose = Math.log(close);
    const blockAgo = this.logCloses.add(this.logClose);
    if (Number.isNaN(before)) return true;
    this.logReturn = this.logClose - before;
    const range = Math.max(Math.log(high), before) - Math.min(Math.log(low), before);
    const volatility = this.ranges.mean(range) / rangePerDeviation;
    // Where nothing moved in the whole block there is nothing to measure.
    if (!(volatility > volatilityMin)) return true;
    this.row[0] = (this.logClose - blockAgo) / (volatility * this.rootOfBars);
    this.row[1] = Math.log(volatility);
    return true;
  }
}

/** Rows to train on, row-major: blocks that do not overlap, oldest first, the last of which ends with the last bar. */
export type TrainingRows = { readonly values: Float64Array; readonly length: number };

/** The training rows of the bars from `fromRow` to before `toRow`; blocks that are not complete are left out. */
export function trainingRows(
  bars: Pick<Bars, (typeof hmmFeatureFields)[number]>,
  blockBars: number,
  fromRow: number,
  toRow: number,
): TrainingRows {
  const features = new HmmFeatures(blockBars);
  const width = hmmFeatureNames.length;
  // The first bar only gives the close before the second.
  const length = Math.max(0, Math.floor((toRow - fromRow - 1) / blockBars));
  const values = new Float64Array(length * width);
  for (let row = fromRow; row < toRow; row++) {
    features.next(bars.high[row]!, bars.low[row]!, bars.close[row]!);
    const behind = toRow - 1 - row;
    const block = length - 1 - behind / blockBars;
    if (Number.isInteger(block) && block >= 0) values.set(features.row, block * width);
  }
  return { values, length };
}
