import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const smallerIndicator = indicator({
  name: "smaller",
  summary: "The smaller of two series.",
  formula: "smaller[t] = min(a[t], b[t])",
  source: "arithmetic",
  inputs: ["a", "b"],
  outputs: ["smaller"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => (a < b ? a : b);
  },
});

/** The smaller of two series on each row. */
export function smaller(a: Expr | number, b: Expr | number): Expr {
  return apply(smallerIndicator, [a, b], {});
}
