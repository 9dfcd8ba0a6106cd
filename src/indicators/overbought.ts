import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { float } from "../domain/params.ts";

export const overboughtIndicator = indicator({
  name: "overbought",
  summary: "1 while an oscillator is above a level, 0 while it is not.",
  formula:
    "overbought[t] = 1 if x[t] > level, else 0; on the level is not overbought, and no row remembers the last",
  source: "Wilder, New Concepts in Technical Trading Systems (1978): 30 and 70 for the RSI",
  inputs: ["value"],
  outputs: ["overbought"],
  // Below zero because Williams %R and the CCI have their levels there.
  params: { level: float(70, { min: -400, max: 400, step: 5 }) },
  warmup: () => 0,
  create({ level }) {
    return (value) => (value > level ? 1 : 0);
  },
});

/** 1 on the rows where `value` is above `level`, else 0. */
export function overbought(value: Expr, level = 70): Expr {
  return apply(overboughtIndicator, [value], { level });
}
