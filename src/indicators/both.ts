import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const bothIndicator = indicator({
  name: "both",
  summary: "1 where both conditions hold, 0 where one does not.",
  formula: "both[t] = 1 if a[t] and b[t] are both unequal to 0, else 0",
  source: "comparison and Boolean algebra",
  inputs: ["a", "b"],
  outputs: ["both"],
  params: {},
  warmup: () => 0,
  create() {
    return (a, b) => (a !== 0 && b !== 0 ? 1 : 0);
  },
});

/** 1 on the rows where both conditions hold (are not 0), else 0. */
export function both(a: Expr | number, b: Expr | number): Expr {
  return apply(bothIndicator, [a, b], {});
}
