import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";

export const rocIndicator = indicator({
  name: "roc",
  summary: "Rate of change: the percentage by which a value differs from the one `length` rows ago.",
  formula: "roc[t] = 100 * (x[t] - x[t-length]) / x[t-length], 0 where x[t-length] is 0",
  source: "Murphy, Technical Analysis of the Financial Markets (1999), ch. 10",
  inputs: ["value"],
  outputs: ["roc"],
  params: { length: int(10, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }) {
    const lagged = new LagWindow(length);
    return (value) => {
      const base = lagged.add(value);
      return base === 0 ? 0 : (100 * (value - base)) / base;
    };
  },
});

/** Rate of change over `length` rows, in percent. */
export function roc(value: Expr, length: number): Expr {
  return apply(rocIndicator, [value], { length });
}
