import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const belowIndicator = indicator({
  name: "below",
  summary: "1 where the first series is below the second, 0 where it is not.",
  formula: "below[t] = 1 if a[t] < b[t], else 0; equal is not below",
  source: "comparison and Boolean algebra",
  inputs: ["a", "b"],
  outputs: ["below"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => (a < b ? 1 : 0);
  },
});

/** 1 on the rows where `a` is below `b`, else 0; equal values are not below. */
export function below(a: Expr | number, b: Expr | number): Expr {
  return apply(belowIndicator, [a, b], {});
}
