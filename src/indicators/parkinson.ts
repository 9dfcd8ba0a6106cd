import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { RollingSum } from "./rolling-sum.ts";

export const parkinsonIndicator = indicator({
  name: "parkinson",
  summary:
    "Volatility from the highs and lows of the last `length` bars, five times as efficient as from closes.",
  formula:
    "parkinson[t] = sqrt(periodsPerYear * mean(ln(high / low)^2) / (4 ln 2)) over the last `length` bars; " +
    "a bar whose low is not positive is passed over and gives NaN",
  source: "Parkinson (1980), Journal of Business 53:61-65",
  inputs: ["high", "low"],
  outputs: ["parkinson"],
  params: {
    length: int(20, { min: 1, max: 400 }),
    periodsPerYear: float(1, { min: 1, max: 525_600, step: 1 }, "bars in a year; 1 = volatility per bar"),
  },
  warmup: ({ length }) => length - 1,
  create({ length, periodsPerYear }) {
    const window = new RollingSum(length);
    const scale = periodsPerYear / (4 * Math.LN2 * length);
    return (high, low) => {
      if (low <= 0) return Number.NaN;
      const range = Math.log(high / low);
      return Math.sqrt(scale * Math.max(0, window.add(range * range)));
    };
  },
});

/** High-low volatility over `length` bars as a fraction, per bar or, with `periodsPerYear`, per year. */
export function parkinson(bars: BarSeries, length = 20, periodsPerYear = 1): Expr {
  return apply(parkinsonIndicator, [bars.high, bars.low], { length, periodsPerYear });
}
