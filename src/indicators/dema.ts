import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { ExponentialAverage } from "./exponential-average.ts";

export const demaIndicator = indicator({
  name: "dema",
  summary: "Double exponential moving average: an EMA with the lag of a second EMA taken off.",
  formula:
    "dema[t] = 2 * e1[t] - e2[t] with e1 = ema(x), e2 = ema(e1); each is seeded by the mean of its own first `length` inputs (TA-Lib; Skender seeds both at once and starts length - 1 rows earlier)",
  source: "Mulloy, Smoothing Data with Faster Moving Averages, Stocks & Commodities 12:1 (1994)",
  inputs: ["value"],
  outputs: ["dema"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => 2 * (length - 1),
  settling: ({ length }) => 2 * settlingRows(2 / (length + 1)),
  create({ length }) {
    const first = new ExponentialAverage(length);
    const second = new ExponentialAverage(length);
    return (value) => {
      const once = first.add(value);
      return Number.isNaN(once) ? Number.NaN : 2 * once - second.add(once);
    };
  },
});

/** Double exponential moving average (Mulloy), a faster EMA. */
export function dema(value: Expr, length: number): Expr {
  return apply(demaIndicator, [value], { length });
}
