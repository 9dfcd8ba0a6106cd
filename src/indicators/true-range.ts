import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { LagWindow } from "./lag-window.ts";

export const trueRangeIndicator = indicator({
  name: "true-range",
  summary: "The distance that the price covered in a bar, counting the gap from the close before.",
  formula:
    "true-range[t] = max(high[t], close[t-1]) - min(low[t], close[t-1]); the first bar has none, its close before being unknown",
  source: "Wilder, New Concepts in Technical Trading Systems (1978)",
  inputs: ["high", "low", "close"],
  outputs: ["true-range"],
  params: {},
  warmup: () => 1,
  create() {
    const closes = new LagWindow(1);
    return (high, low, close) => trueRangeOf(high, low, closes.add(close));
  },
});

/** The true range of one bar after a close; NaN where that close is. */
export function trueRangeOf(high: number, low: number, previousClose: number): number {
  return Math.max(high, previousClose) - Math.min(low, previousClose);
}

/** The true range of each bar, in price units. */
export function trueRange(bars: BarSeries): Expr {
  return apply(trueRangeIndicator, [bars.high, bars.low, bars.close], {});
}
