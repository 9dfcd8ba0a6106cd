import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const plusIndicator = indicator({
  name: "plus",
  summary: "Sum of two series.",
  formula: "plus[t] = a[t] + b[t]",
  source: "arithmetic",
  inputs: ["a", "b"],
  outputs: ["plus"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => a + b;
  },
});

/** The sum of two series, or of a series and a number. */
export function plus(a: Expr | number, b: Expr | number): Expr {
  return apply(plusIndicator, [a, b], {});
}
