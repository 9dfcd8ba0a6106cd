import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";

export const momentumIndicator = indicator({
  name: "momentum",
  summary: "Momentum: how far a value is from the one `length` rows ago.",
  formula: "momentum[t] = x[t] - x[t-length]",
  source: "Murphy, Technical Analysis of the Financial Markets (1999), ch. 10",
  inputs: ["value"],
  outputs: ["momentum"],
  params: { length: int(10, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }) {
    const lagged = new LagWindow(length);
    return (value) => value - lagged.add(value);
  },
});

/** Difference to the value `length` rows ago, in units of `value`. */
export function momentum(value: Expr, length: number): Expr {
  return apply(momentumIndicator, [value], { length });
}
