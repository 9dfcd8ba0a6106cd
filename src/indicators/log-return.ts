import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { LagWindow } from "./lag-window.ts";

export const logReturnIndicator = indicator({
  name: "log-return",
  summary: "Continuously compounded return of the last bar.",
  formula: "log-return[t] = ln(x[t] / x[t-1]); NaN where either is 0 or negative",
  source: "Campbell, Lo & MacKinlay, The Econometrics of Financial Markets (1997), ch. 1",
  inputs: ["value"],
  outputs: ["log-return"],
  params: {},
  warmup: () => 1,
  create() {
    const before = new LagWindow(1);
    return (value) => {
      const previous = before.add(value);
      return value > 0 && previous > 0 ? Math.log(value / previous) : Number.NaN;
    };
  },
});

/** The logarithm of each value over the one before it. */
export function logReturn(value: Expr): Expr {
  return apply(logReturnIndicator, [value], {});
}
