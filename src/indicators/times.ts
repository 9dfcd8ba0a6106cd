import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const timesIndicator = indicator({
  name: "times",
  summary: "Product of two series.",
  formula: "times[t] = a[t] * b[t]",
  source: "arithmetic",
  inputs: ["a", "b"],
  outputs: ["times"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => a * b;
  },
});

/** The product of two series, or of a series and a number. */
export function times(a: Expr | number, b: Expr | number): Expr {
  return apply(timesIndicator, [a, b], {});
}
