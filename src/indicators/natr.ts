import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { AverageTrueRange } from "./average-true-range.ts";

export const natrIndicator = indicator({
  name: "natr",
  summary: "Average true range in percent of the close, comparable between instruments.",
  formula: "natr[t] = 100 * atr[t] / close[t]; NaN where the close is 0",
  source:
    "Wilder, New Concepts in Technical Trading Systems (1978); Forman (2006), Stocks & Commodities 24:5",
  inputs: ["high", "low", "close"],
  outputs: ["natr"],
  params: { length: int(14, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  settling: ({ length }) => settlingRows(1 / length),
  create({ length }) {
    const average = new AverageTrueRange(length);
    return (high, low, close) => {
      const range = average.add(high, low, close);
      return close === 0 ? Number.NaN : (100 * range) / close;
    };
  },
});

/** Wilder's average true range over `length` bars, in percent of the close. */
export function natr(bars: BarSeries, length = 14): Expr {
  return apply(natrIndicator, [bars.high, bars.low, bars.close], { length });
}
