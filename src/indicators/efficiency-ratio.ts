import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";
import { RollingSum } from "./rolling-sum.ts";

export const efficiencyRatioIndicator = indicator({
  name: "efficiency-ratio",
  summary: "How straight the way of the last `length` steps was: 1 is a straight line, near 0 is noise.",
  formula:
    "efficiency-ratio[t] = |x[t] - x[t-length]| / sum(|x[k] - x[k-1]|, the last `length` steps); 0 where nothing moved",
  source: "Kaufman, Smarter Trading (1995)",
  inputs: ["value"],
  outputs: ["efficiency-ratio"],
  params: { length: int(10, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }) {
    const window = new LagWindow(length);
    const path = new RollingSum(length);
    const before = new LagWindow(1);
    return (value) => {
      const start = window.add(value);
      const step = Math.abs(value - before.add(value));
      if (Number.isNaN(step)) return Number.NaN;
      const way = path.add(step);
      return way <= 0 ? 0 : Math.min(1, Math.abs(value - start) / way);
    };
  },
});

/** Net movement over distance walked in the last `length` steps, from 0 to 1. */
export function efficiencyRatio(value: Expr, length = 10): Expr {
  return apply(efficiencyRatioIndicator, [value], { length });
}
