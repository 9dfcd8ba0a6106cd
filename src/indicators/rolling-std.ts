import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { choice, int } from "../domain/params.ts";
import { RollingVariance } from "./rolling-variance.ts";

export const rollingStdIndicator = indicator({
  name: "rolling-std",
  summary: "Standard deviation of the last `length` values.",
  formula:
    "rolling-std[t] = sqrt(sum((x - mean)^2) / (length - ddof)) over the last `length` values; ddof 0 = population, 1 = sample; " +
    "exactly 0 on a flat window",
  source: "Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance",
  inputs: ["value"],
  outputs: ["rolling-std"],
  params: {
    length: int(20, { min: 2, max: 400 }),
    ddof: choice(["0", "1"], "what the divisor takes off the length: 0 population, 1 sample"),
  },
  warmup: ({ length }) => length - 1,
  create({ length, ddof }) {
    const window = new RollingVariance(length);
    const divisor = length - Number(ddof);
    return (value) => Math.sqrt(window.add(value) / divisor);
  },
});

/** Standard deviation of the last `length` values: population (`ddof` 0) or sample (`ddof` 1). */
export function rollingStd(value: Expr, length = 20, ddof: 0 | 1 = 0): Expr {
  return apply(rollingStdIndicator, [value], { length, ddof: ddof === 0 ? "0" : "1" });
}
