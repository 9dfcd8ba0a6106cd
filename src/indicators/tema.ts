import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { ExponentialAverage } from "./exponential-average.ts";

export const temaIndicator = indicator({
  name: "tema",
  summary: "Triple exponential moving average: an EMA with most of its lag taken off; it can overshoot.",
  formula:
    "tema[t] = 3 * e1[t] - 3 * e2[t] + e3[t] with e1 = ema(x), e2 = ema(e1), e3 = ema(e2); each is seeded by the mean of its own first `length` inputs (TA-Lib; Skender seeds all at once and starts 2 * (length - 1) rows earlier)",
  source: "Mulloy, Smoothing Data with Less Lag, Stocks & Commodities 12:2 (1994)",
  inputs: ["value"],
  outputs: ["tema"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => 3 * (length - 1),
  settling: ({ length }) => 3 * settlingRows(2 / (length + 1)),
  create({ length }) {
    const first = new ExponentialAverage(length);
    const second = new ExponentialAverage(length);
    const third = new ExponentialAverage(length);
    return (value) => {
      const once = first.add(value);
      if (Number.isNaN(once)) return Number.NaN;
      const twice = second.add(once);
      if (Number.isNaN(twice)) return Number.NaN;
      return 3 * (once - twice) + third.add(twice);
    };
  },
});

/** Triple exponential moving average (Mulloy), the fastest of the EMA family. */
export function tema(value: Expr, length: number): Expr {
  return apply(temaIndicator, [value], { length });
}
