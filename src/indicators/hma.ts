import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { WeightedAverage } from "./weighted-average.ts";

export const hmaIndicator = indicator({
  name: "hma",
  summary:
    "Hull moving average: weighted averages combined so that most of their lag cancels; it can overshoot.",
  formula:
    "hma[t] = wma(2 * wma(x, length / 2) - wma(x, length), sqrt(length)), both inner lengths rounded down",
  source: "Hull, The Hull Moving Average (2005), alanhull.com; rounding as in Skender and Tulip",
  inputs: ["value"],
  outputs: ["hma"],
  params: { length: int(20, { min: 2, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1 + smoothing(length) - 1,
  create({ length }) {
    const fast = new WeightedAverage(Math.floor(length / 2));
    const slow = new WeightedAverage(length);
    const smooth = new WeightedAverage(smoothing(length));
    return (value) => {
      const difference = 2 * fast.add(value) - slow.add(value);
      return Number.isNaN(difference) ? Number.NaN : smooth.add(difference);
    };
  },
});

function smoothing(length: number): number {
  return Math.floor(Math.sqrt(length));
}

/** Hull moving average of `length` values, from 2 up. */
export function hma(value: Expr, length: number): Expr {
  return apply(hmaIndicator, [value], { length });
}
