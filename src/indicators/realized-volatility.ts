import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";
import { RollingVariance } from "./rolling-variance.ts";

export const realizedVolatilityIndicator = indicator({
  name: "realized-volatility",
  summary: "Close-to-close volatility: the standard deviation of the last `length` log returns.",
  formula:
    "realized-volatility[t] = sqrt(periodsPerYear * sum((r - mean(r))^2) / (length - 1)), r = the last `length` values of " +
    "ln(x[t] / x[t-1]); a price that is not positive is passed over and gives NaN",
  source: "Hull, Options, Futures, and Other Derivatives (2018), ch. 15",
  inputs: ["value"],
  outputs: ["realized-volatility"],
  params: {
    length: int(20, { min: 2, max: 400 }),
    periodsPerYear: float(1, { min: 1, max: 525_600, step: 1 }, "bars in a year; 1 = volatility per bar"),
  },
  warmup: ({ length }) => length,
  create({ length, periodsPerYear }) {
    const window = new RollingVariance(length);
    const scale = periodsPerYear / (length - 1);
    const before = new LagWindow(1);
    return (value) => {
      if (value <= 0) return Number.NaN;
      const change = Math.log(value / before.add(value));
      return Number.isNaN(change) ? change : Math.sqrt(window.add(change) * scale);
    };
  },
});

/** Close-to-close volatility of `length` returns as a fraction, per bar or, with `periodsPerYear`, per year. */
export function realizedVolatility(close: Expr, length = 20, periodsPerYear = 1): Expr {
  return apply(realizedVolatilityIndicator, [close], { length, periodsPerYear });
}
