import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { RollingMaximum } from "./rolling-extreme.ts";

export const highestIndicator = indicator({
  name: "highest",
  summary: "Highest of the last `length` values, the present one included.",
  formula: "highest[t] = max(x[t], x[t-1], ..., x[t-length+1])",
  source: "definition; computed by Lemire's streaming maximum-minimum filter (2006)",
  inputs: ["value"],
  outputs: ["highest"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const window = new RollingMaximum(length);
    return (value) => window.add(value);
  },
});

/** Highest of the last `length` values, the present one included. */
export function highest(value: Expr, length = 20): Expr {
  return apply(highestIndicator, [value], { length });
}
