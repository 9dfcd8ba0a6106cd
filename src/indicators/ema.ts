import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { ExponentialAverage } from "./exponential-average.ts";

export const emaIndicator = indicator({
  name: "ema",
  summary: "Exponential moving average: recent values weigh more, old ones fade and never quite vanish.",
  formula:
    "ema[t] = ema[t-1] + (x[t] - ema[t-1]) * 2 / (length + 1); the first value is the mean of the first `length` x",
  source: "Murphy, Technical Analysis of the Financial Markets (1999), ch. 9; seed as in TA-Lib",
  inputs: ["value"],
  outputs: ["ema"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1,
  settling: ({ length }) => settlingRows(2 / (length + 1)),
  create({ length }) {
    const average = new ExponentialAverage(length);
    return (value) => average.add(value);
  },
});

/** Exponential moving average with smoothing 2 / (`length` + 1). */
export function ema(value: Expr, length: number): Expr {
  return apply(emaIndicator, [value], { length });
}
