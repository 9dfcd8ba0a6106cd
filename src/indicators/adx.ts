import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { trueRangeOf } from "./true-range.ts";
import { WilderAverage } from "./wilder-average.ts";

export const adxIndicator = indicator({
  name: "adx",
  summary: "Average directional index: how strong a trend is (0 to 100), with the two directions behind it.",
  formula:
    "up = high[t] - high[t-1]; down = low[t-1] - low[t]; plus = up if up > down and up > 0, else 0; minus alike; " +
    "plusDi = 100 * wilder(plus) / wilder(true-range); minusDi alike; both 0 where nothing moved; " +
    "adx = wilder(100 * |plusDi - minusDi| / (plusDi + minusDi)), a term being 0 where both are 0; " +
    "all averages over `length`, seeded by means; all outputs begin with the first adx",
  source: "Wilder, New Concepts in Technical Trading Systems (1978)",
  inputs: ["high", "low", "close"],
  outputs: ["adx", "plusDi", "minusDi"],
  params: { length: int(14, { min: 1, max: 400 }) },
  warmup: ({ length }) => 2 * length - 1,
  // Two averages in a row: (1 + x) e^-x falls to 0.001 at x = 9.23, where a single one's e^-x does at 6.91.
  settling: ({ length }) => Math.ceil(settlingRows(1 / length) * (9.23 / 6.91)),
  create({ length }, out) {
    const movement = new DirectionalMovement(length);
    const strengths = new WilderAverage(length);
    return (high, low, close) => {
      movement.add(high, low, close);
      const { plusDi, minusDi } = movement;
      const total = plusDi + minusDi;
      const isReady = !Number.isNaN(total);
      const difference = 100 * Math.abs(plusDi - minusDi);
      const adx = isReady ? strengths.add(total === 0 ? 0 : difference / total) : Number.NaN;
      out[1] = Number.isNaN(adx) ? adx : plusDi;
      out[2] = Number.isNaN(adx) ? adx : minusDi;
      return adx;
    };
  },
});

/** Wilder's trend strength `adx` and its directions `plusDi` and `minusDi`, each 0 to 100. */
export function adx(bars: BarSeries, length = 14): { adx: Expr; plusDi: Expr; minusDi: Expr } {
  const output = (index: number): Expr =>
    apply(adxIndicator, [bars.high, bars.low, bars.close], { length }, index);
  return { adx: output(0), plusDi: output(1), minusDi: output(2) };
}

class DirectionalMovement {
  plusDi = Number.NaN;
  minusDi = Number.NaN;
  private readonly ranges: WilderAverage;
  private readonly ups: WilderAverage;
  private readonly downs: WilderAverage;
  private previousHigh = Number.NaN;
  private previousLow = Number.NaN;
  private previousClose = Number.NaN;

  constructor(length: number) {
    this.ranges = new WilderAverage(length);
    this.ups = new WilderAverage(length);
    this.downs = new WilderAverage(length);
  }

  add(high: number, low: number, close: number): void {
    const trueRange = trueRangeOf(high, low, this.previousClose);
    const up = high - this.previousHigh;
    const down = this.previousLow - low;
    this.previousHigh = high;
    this.previousLow = low;
    this.previousClose = close;
    if (Number.isNaN(trueRange)) return;
    const range = this.ranges.add(trueRange);
    const plus = this.ups.add(up > down && up > 0 ? up : 0);
    const minus = this.downs.add(down > up && down > 0 ? down : 0);
    this.plusDi = range === 0 ? 0 : (100 * plus) / range;
    this.minusDi = range === 0 ? 0 : (100 * minus) / range;
  }
}
