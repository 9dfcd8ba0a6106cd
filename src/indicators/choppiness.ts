import { clamp } from "../base/numbers.ts";
import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";
import { RollingSum } from "./rolling-sum.ts";
import { trueRangeOf } from "./true-range.ts";

export const choppinessIndicator = indicator({
  name: "choppiness",
  summary: "Choppiness index: near 100 where the price goes nowhere, near 0 where it runs straight.",
  formula:
    "choppiness[t] = 100 * log10(sum(true-range) / (max(true high) - min(true low))) / log10(length) over the last `length` bars; " +
    "true high = max(high, close before), true low = min(low, close before); 100 on flat bars",
  source: "Dreiss, the Choppiness Index (1993)",
  inputs: ["high", "low", "close"],
  outputs: ["choppiness"],
  params: { length: int(14, { min: 2, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }) {
    const path = new RollingSum(length);
    const highs = new RollingMaximum(length);
    const lows = new RollingMinimum(length);
    const scale = 100 / Math.log10(length);
    const closes = new LagWindow(1);
    return (high, low, close) => {
      const before = closes.add(close);
      if (Number.isNaN(before)) return Number.NaN;
      const distance = path.add(trueRangeOf(high, low, before));
      const range = highs.add(Math.max(high, before)) - lows.add(Math.min(low, before));
      return range === 0 ? 100 : clamp(Math.log10(distance / range) * scale, 0, 100);
    };
  },
});

/** Choppiness index over `length` bars: 100 goes nowhere, 0 runs straight. */
export function choppiness(bars: BarSeries, length = 14): Expr {
  return apply(choppinessIndicator, [bars.high, bars.low, bars.close], { length });
}
