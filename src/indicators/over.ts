import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const overIndicator = indicator({
  name: "over",
  summary: "Quotient of two series.",
  formula: "over[t] = a[t] / b[t]; NaN where b[t] is 0 or so small that the quotient overflows",
  source: "arithmetic",
  inputs: ["a", "b"],
  outputs: ["over"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => {
      const quotient = a / b;
      return Number.isFinite(quotient) ? quotient : Number.NaN;
    };
  },
});

/** The first series divided by the second; NaN, not infinity, where the second is 0. */
export function over(a: Expr | number, b: Expr | number): Expr {
  return apply(overIndicator, [a, b], {});
}
