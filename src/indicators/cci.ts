import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { MeanDeviation } from "./mean-deviation.ts";

/** Deviations below this share of the mean are rounding, not prices. */
const flatShare = 1e-12;

export const cciIndicator = indicator({
  name: "cci",
  summary: "Commodity channel index: how far the typical price is from its mean, in mean deviations.",
  formula:
    "cci[t] = (typical - mean) / (0.015 * mean deviation), typical = (high + low + close) / 3; mean and mean absolute deviation from that mean over the last `length` rows; 0 where they are all equal",
  source: "Lambert, Commodity Channel Index: Tool for Trading Cyclic Trends, Commodities (October 1980)",
  inputs: ["high", "low", "close"],
  outputs: ["cci"],
  params: { length: int(20, { min: 2, max: 400 }) },
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const window = new MeanDeviation(length);
    return (high, low, close) => {
      const typical = (high + low + close) / 3;
      const deviation = window.add(typical);
      if (deviation <= flatShare * Math.abs(window.mean)) return 0;
      return (typical - window.mean) / (0.015 * deviation);
    };
  },
});

/** Commodity channel index (Lambert) of the last `length` bars; about 70 to 80 % of values lie within +-100. */
export function cci(bars: BarSeries, length = 20): Expr {
  return apply(cciIndicator, [bars.high, bars.low, bars.close], { length });
}
