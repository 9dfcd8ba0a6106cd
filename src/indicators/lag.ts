import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int, resolveParams } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";

export const lagIndicator = indicator({
  name: "lag",
  summary: "The value that the series had `rows` rows ago.",
  formula: "lag[t] = x[t-rows], rows >= 1: there is no lag into the future",
  source: "definition",
  inputs: ["value"],
  outputs: ["lag"],
  params: { rows: int(1, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ rows }) => rows,
  create({ rows }) {
    const window = new LagWindow(rows);
    return (value) => window.add(value);
  },
});

/** The series as it was `rows` rows ago. Throws `PARAM_INVALID` unless `rows` is a whole number from 1 up. */
export function lag(value: Expr, rows: number): Expr {
  return apply(lagIndicator, [value], resolveParams("lag", lagIndicator.params, { rows }));
}
