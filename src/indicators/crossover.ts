import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const crossoverIndicator = indicator({
  name: "crossover",
  summary: "1 on the row where the first series goes above the second, 0 on every other.",
  formula:
    "crossover[t] = 1 if a[t-1] <= b[t-1] and a[t] > b[t], else 0; t-1 is the last row where both were known, and 0 where there was none",
  source: "definition",
  inputs: ["a", "b"],
  outputs: ["crossover"],
  params: {},
  warmup: () => 0,
  // Only the very first row does not know what came before.
  settling: () => 1,
  create() {
    let previousA = Number.NaN;
    let previousB = Number.NaN;
    return (a, b) => {
      const crossed = a > b && previousA <= previousB;
      previousA = a;
      previousB = b;
      return crossed ? 1 : 0;
    };
  },
});

/** 1 on the row where `a` goes above `b`, else 0; a touch is no cross yet. */
export function crossover(a: Expr | number, b: Expr | number): Expr {
  return apply(crossoverIndicator, [a, b], {});
}
