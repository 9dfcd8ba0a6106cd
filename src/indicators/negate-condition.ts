import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const negateConditionIndicator = indicator({
  name: "negate-condition",
  summary: "1 where a condition does not hold, 0 where it does.",
  formula: "negate-condition[t] = 1 if x[t] is 0, else 0",
  source: "comparison and Boolean algebra",
  inputs: ["value"],
  outputs: ["negate-condition"],
  params: {},
  warmup: () => 0,
  create() {
    return (value) => (value === 0 ? 1 : 0);
  },
});

/** 1 on the rows where the condition is 0, else 0. */
export function negateCondition(condition: Expr): Expr {
  return apply(negateConditionIndicator, [condition], {});
}
