import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const absoluteIndicator = indicator({
  name: "absolute",
  summary: "Size of a series without its sign.",
  formula: "absolute[t] = |x[t]|",
  source: "arithmetic",
  inputs: ["value"],
  outputs: ["absolute"],
  params: {},
  warmup: () => 0,
  create() {
    return (value) => Math.abs(value);
  },
});

/** The series without its sign. */
export function absolute(value: Expr): Expr {
  return apply(absoluteIndicator, [value], {});
}
