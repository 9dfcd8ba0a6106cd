import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { SortedWindow } from "./sorted-window.ts";

export const percentRankIndicator = indicator({
  name: "percent-rank",
  summary: "Share of the `length` values before the present one that lie below it, from 0 to 1.",
  formula:
    "percent-rank[t] = count(x[t-k] < x[t], k = 1..length) / length; equal values are not below, so 0 on a flat window",
  source: "Connors & Alvarez, An Introduction to ConnorsRSI (2012)",
  inputs: ["value"],
  outputs: ["percent-rank"],
  params: { length: int(100, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }) {
    const window = new SortedWindow(length);
    let count = 0;
    return (value) => {
      const below = window.add(value);
      if (count === length) return below / length;
      count += 1;
      return Number.NaN;
    };
  },
});

/** Share of the `length` values before the present one that lie below it, from 0 to 1. */
export function percentRank(value: Expr, length = 100): Expr {
  return apply(percentRankIndicator, [value], { length });
}
