import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { AverageTrueRange } from "./average-true-range.ts";

export const supertrendIndicator = indicator({
  name: "supertrend",
  summary:
    "A trailing line below the price in an uptrend (direction 1) and above it in a downtrend (direction -1).",
  formula:
    "bands = (high + low) / 2 +- multiple * atr(length); the upper band only falls until a close was above it, " +
    "the lower band only rises until a close was below it; direction turns when a close crosses the line; " +
    "line = lower band in an uptrend, upper band in a downtrend; it starts up if close >= (high + low) / 2",
  source: "Olivier Seban's SuperTrend",
  inputs: ["high", "low", "close"],
  outputs: ["line", "direction"],
  params: {
    length: int(10, { min: 1, max: 400 }),
    multiple: float(3, { min: 0.5, max: 10, step: 0.5 }, "distance of the bands in average true ranges"),
  },
  pane: "price",
  warmup: ({ length }) => length,
  // Beyond the average, two starts agree once the line was crossed, and a walk needs about multiple^2 bars to go
  // that far; at four times that, all of 2000 seeded random walks agreed.
  settling: ({ length, multiple }) => settlingRows(1 / length) + Math.ceil(4 * multiple * multiple),
  create({ length, multiple }, out) {
    const trail = new TrailingBands(length, multiple);
    return (high, low, close) => {
      trail.add(high, low, close);
      out[1] = trail.direction;
      return trail.direction === 1 ? trail.lower : trail.upper;
    };
  },
});

/** SuperTrend: the trailing `line` in price units and the `direction`, 1 up or -1 down. */
export function supertrend(bars: BarSeries, length = 10, multiple = 3): { line: Expr; direction: Expr } {
  const output = (index: number): Expr =>
    apply(supertrendIndicator, [bars.high, bars.low, bars.close], { length, multiple }, index);
  return { line: output(0), direction: output(1) };
}

class TrailingBands {
  upper = Number.NaN;
  lower = Number.NaN;
  /** NaN while warming up. */
  direction = Number.NaN;
  private readonly multiple: number;
  private readonly ranges: AverageTrueRange;
  private previousClose = Number.NaN;

  constructor(length: number, multiple: number) {
    this.multiple = multiple;
    this.ranges = new AverageTrueRange(length);
  }

  add(high: number, low: number, close: number): void {
    const reach = this.multiple * this.ranges.add(high, low, close);
    const middle = (high + low) / 2;
    const upper = middle + reach;
    const lower = middle - reach;
    // A band stays only where this is known to be right: any comparison with NaN takes the new one.
    if (!(upper >= this.upper && this.previousClose <= this.upper)) this.upper = upper;
    if (!(lower <= this.lower && this.previousClose >= this.lower)) this.lower = lower;
    this.previousClose = close;
    if (Number.isNaN(this.direction)) {
      if (!Number.isNaN(reach)) this.direction = close >= middle ? 1 : -1;
    } else if (this.direction === 1 ? close < this.lower : close > this.upper) {
      this.direction = -this.direction;
    }
  }
}
