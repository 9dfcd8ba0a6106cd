import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { DoubleDouble } from "./double-double.ts";
import { LagWindow } from "./lag-window.ts";

export const linearRegressionSlopeIndicator = indicator({
  name: "linear-regression-slope",
  summary: "Slope of the least-squares line through the last `length` values, in units per bar.",
  formula:
    "slope[t] = 6 * sum((2k - length + 1) * x_k) / (length * (length^2 - 1)), k = 0 for the oldest to length - 1 for the present value",
  source: "Murphy, Technical Analysis of the Financial Markets (1999), app. A; ordinary least squares",
  inputs: ["value"],
  outputs: ["linear-regression-slope"],
  params: { length: int(14, { min: 2, max: 400 }) },
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const window = new LagWindow(length);
    const sum = new DoubleDouble();
    const weighted = new DoubleDouble();
    const scale = 6 / (length * (length * length - 1));
    let count = 0;
    return (value) => {
      const leaving = window.add(value);
      if (count < length) {
        weighted.addProduct(2 * count - length + 1, value);
        count += 1;
      } else {
        // The oldest weight, 1 - length, goes; every other weight falls by 2; the new value enters with length - 1.
        sum.add(-leaving);
        weighted.addProduct(length - 1, leaving);
        weighted.add(-2 * sum.high);
        weighted.add(-2 * sum.low);
        weighted.addProduct(length - 1, value);
      }
      sum.add(value);
      return count < length ? Number.NaN : weighted.high * scale;
    };
  },
});

/** Slope of the least-squares line through the last `length` values, in units of the series per bar. */
export function linearRegressionSlope(value: Expr, length = 14): Expr {
  return apply(linearRegressionSlopeIndicator, [value], { length });
}
