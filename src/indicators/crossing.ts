import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const crossingIndicator = indicator({
  name: "crossing",
  summary:
    "Where one series crosses another: 1 on the row where a comes from at or below b to above it, -1 the other way.",
  formula:
    "1 if a[t-1] <= b[t-1] and a[t] > b[t]; -1 if a[t-1] >= b[t-1] and a[t] < b[t]; else 0; 0 on the first row",
  source: "the rule of crossover and crossunder in one column",
  inputs: ["a", "b"],
  outputs: ["crossing"],
  params: {},
  warmup: () => 0,
  settling: () => 1,
  create() {
    // Two flags and not the last values: a number kept in a closure is allocated anew whenever it changes.
    let wasNotAbove = false;
    let wasNotBelow = false;
    return (a, b) => {
      const crossing = a > b ? (wasNotAbove ? 1 : 0) : a < b && wasNotBelow ? -1 : 0;
      wasNotAbove = a <= b;
      wasNotBelow = a >= b;
      return crossing;
    };
  },
});

/** Where `a` crosses `b`: 1 upwards, -1 downwards, else 0. Good to wake a strategy with. */
export function crossing(a: Expr | number, b: Expr | number): Expr {
  return apply(crossingIndicator, [a, b], {});
}
