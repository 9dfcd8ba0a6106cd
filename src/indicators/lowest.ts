import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { RollingMinimum } from "./rolling-extreme.ts";

export const lowestIndicator = indicator({
  name: "lowest",
  summary: "Lowest of the last `length` values, the present one included.",
  formula: "lowest[t] = min(x[t], x[t-1], ..., x[t-length+1])",
  source: "definition; computed by Lemire's streaming maximum-minimum filter (2006)",
  inputs: ["value"],
  outputs: ["lowest"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const window = new RollingMinimum(length);
    return (value) => window.add(value);
  },
});

/** Lowest of the last `length` values, the present one included. */
export function lowest(value: Expr, length = 20): Expr {
  return apply(lowestIndicator, [value], { length });
}
