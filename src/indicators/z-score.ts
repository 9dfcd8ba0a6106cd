import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { RollingVariance } from "./rolling-variance.ts";

export const zScoreIndicator = indicator({
  name: "z-score",
  summary: "How many standard deviations the value lies above the mean of the last `length` values.",
  formula:
    "z-score[t] = (x[t] - mean) / deviation, both of the last `length` values with the present one; " +
    "population standard deviation (divisor length); 0 on a flat window",
  source: "Chan, Algorithmic Trading (2013), ch. 3",
  inputs: ["value"],
  outputs: ["z-score"],
  params: { length: int(20, { min: 2, max: 400 }) },
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const window = new RollingVariance(length);
    return (value) => {
      const deviation = Math.sqrt(window.add(value) / length);
      return deviation === 0 ? 0 : (value - window.mean) / deviation;
    };
  },
});

/** Distance from the mean of the last `length` values in standard deviations. */
export function zScore(value: Expr, length = 20): Expr {
  return apply(zScoreIndicator, [value], { length });
}
