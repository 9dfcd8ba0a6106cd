import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const eitherIndicator = indicator({
  name: "either",
  summary: "1 where at least one of two conditions holds, 0 where neither does.",
  formula: "either[t] = 1 if a[t] or b[t] is unequal to 0, else 0",
  source: "comparison and Boolean algebra",
  inputs: ["a", "b"],
  outputs: ["either"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => (a !== 0 || b !== 0 ? 1 : 0);
  },
});

/** 1 on the rows where at least one condition holds (is not 0), else 0. */
export function either(a: Expr | number, b: Expr | number): Expr {
  return apply(eitherIndicator, [a, b], {});
}
