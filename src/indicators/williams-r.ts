import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { rangePosition } from "./range-position.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";

export const williamsRIndicator = indicator({
  name: "williams-r",
  summary: "Williams %R: how far the close is below the highest high of the last `length` bars, -100 to 0.",
  formula:
    "williams-r[t] = 100 * (close - highest high) / (highest high - lowest low), -50 where the range is 0",
  source: "Williams, How I Made One Million Dollars (1973)",
  inputs: ["high", "low", "close"],
  outputs: ["williams-r"],
  params: { length: int(14, { min: 1, max: 400 }) },
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const highest = new RollingMaximum(length);
    const lowest = new RollingMinimum(length);
    return (high, low, close) => {
      const top = highest.add(high);
      const bottom = lowest.add(low);
      return Number.isNaN(top) ? Number.NaN : 100 * (rangePosition(close, bottom, top) - 1);
    };
  },
});

/** Williams %R of the last `length` bars: 0 at the highest high, -100 at the lowest low. */
export function williamsR(bars: BarSeries, length = 14): Expr {
  return apply(williamsRIndicator, [bars.high, bars.low, bars.close], { length });
}
