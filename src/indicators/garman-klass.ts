import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { RollingSum } from "./rolling-sum.ts";

export const garmanKlassIndicator = indicator({
  name: "garman-klass",
  summary:
    "Volatility from open, high, low and close of the last `length` bars, seven times as efficient as from closes.",
  formula:
    "garman-klass[t] = sqrt(periodsPerYear * mean(ln(high / low)^2 / 2 - (2 ln 2 - 1) * ln(close / open)^2)) over the last " +
    "`length` bars; a bar with a price that is not positive is passed over and gives NaN; never below 0",
  source: "Garman & Klass (1980), Journal of Business 53:67-78",
  inputs: ["open", "high", "low", "close"],
  outputs: ["garman-klass"],
  params: {
    length: int(20, { min: 1, max: 400 }),
    periodsPerYear: float(1, { min: 1, max: 525_600, step: 1 }, "bars in a year; 1 = volatility per bar"),
  },
  warmup: ({ length }) => length - 1,
  create({ length, periodsPerYear }) {
    const window = new RollingSum(length);
    const scale = periodsPerYear / length;
    return (open, high, low, close) => {
      if (low <= 0 || open <= 0 || close <= 0) return Number.NaN;
      const range = Math.log(high / low);
      const change = Math.log(close / open);
      const variance = 0.5 * range * range - (2 * Math.LN2 - 1) * change * change;
      return Math.sqrt(scale * Math.max(0, window.add(variance)));
    };
  },
});

/** Open-high-low-close volatility over `length` bars as a fraction, per bar or, with `periodsPerYear`, per year. */
export function garmanKlass(bars: BarSeries, length = 20, periodsPerYear = 1): Expr {
  return apply(garmanKlassIndicator, [bars.open, bars.high, bars.low, bars.close], {
    length,
    periodsPerYear,
  });
}
