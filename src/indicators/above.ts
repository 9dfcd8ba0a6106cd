import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const aboveIndicator = indicator({
  name: "above",
  summary: "1 where the first series is above the second, 0 where it is not.",
  formula: "above[t] = 1 if a[t] > b[t], else 0; equal is not above",
  source: "comparison and Boolean algebra",
  inputs: ["a", "b"],
  outputs: ["above"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => (a > b ? 1 : 0);
  },
});

/** 1 on the rows where `a` is above `b`, else 0; equal values are not above. */
export function above(a: Expr | number, b: Expr | number): Expr {
  return apply(aboveIndicator, [a, b], {});
}
