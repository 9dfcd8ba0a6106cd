import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const minusIndicator = indicator({
  name: "minus",
  summary: "Difference of two series.",
  formula: "minus[t] = a[t] - b[t]",
  source: "arithmetic",
  inputs: ["a", "b"],
  outputs: ["minus"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => a - b;
  },
});

/** The first series less the second. */
export function minus(a: Expr | number, b: Expr | number): Expr {
  return apply(minusIndicator, [a, b], {});
}
