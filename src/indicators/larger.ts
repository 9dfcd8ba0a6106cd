import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const largerIndicator = indicator({
  name: "larger",
  summary: "The larger of two series.",
  formula: "larger[t] = max(a[t], b[t])",
  source: "arithmetic",
  inputs: ["a", "b"],
  outputs: ["larger"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => (a > b ? a : b);
  },
});

/** The larger of two series on each row. */
export function larger(a: Expr | number, b: Expr | number): Expr {
  return apply(largerIndicator, [a, b], {});
}
