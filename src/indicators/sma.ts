import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { RollingSum } from "./rolling-sum.ts";

export const smaIndicator = indicator({
  name: "sma",
  summary: "Simple moving average: the mean of the last `length` values.",
  formula: "sma[t] = (x[t] + x[t-1] + ... + x[t-length+1]) / length",
  source: "Murphy, Technical Analysis of the Financial Markets (1999), ch. 9",
  inputs: ["value"],
  outputs: ["sma"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const window = new RollingSum(length);
    return (value) => window.mean(value);
  },
});

/** Simple moving average of the last `length` values. */
export function sma(value: Expr, length: number): Expr {
  return apply(smaIndicator, [value], { length });
}
