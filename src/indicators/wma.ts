import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { WeightedAverage } from "./weighted-average.ts";

export const wmaIndicator = indicator({
  name: "wma",
  summary: "Linearly weighted moving average: the newest of `length` values weighs most, the oldest least.",
  formula: "wma[t] = (length * x[t] + ... + 1 * x[t-length+1]) / (length * (length + 1) / 2)",
  source: "Murphy, Technical Analysis of the Financial Markets (1999), ch. 9",
  inputs: ["value"],
  outputs: ["wma"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const average = new WeightedAverage(length);
    return (value) => average.add(value);
  },
});

/** Linearly weighted moving average of the last `length` values. */
export function wma(value: Expr, length: number): Expr {
  return apply(wmaIndicator, [value], { length });
}
