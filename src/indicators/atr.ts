import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { AverageTrueRange } from "./average-true-range.ts";

export const atrIndicator = indicator({
  name: "atr",
  summary: "Average true range: how far the price travels in a bar, smoothed, in price units.",
  formula:
    "atr[t] = (atr[t-1] * (length - 1) + true-range[t]) / length, seeded by the mean of the first `length` true ranges, which begin at the second bar",
  source: "Wilder, New Concepts in Technical Trading Systems (1978)",
  inputs: ["high", "low", "close"],
  outputs: ["atr"],
  params: { length: int(14, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  settling: ({ length }) => settlingRows(1 / length),
  create({ length }) {
    const average = new AverageTrueRange(length);
    return (high, low, close) => average.add(high, low, close);
  },
});

/** Wilder's average true range over `length` bars, in price units. */
export function atr(bars: BarSeries, length = 14): Expr {
  return apply(atrIndicator, [bars.high, bars.low, bars.close], { length });
}
