import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";

export const donchianIndicator = indicator({
  name: "donchian",
  summary: "Donchian channel: highest high and lowest low of the `length` bars before the present one.",
  formula:
    "upper[t] = max(high[t-length..t-1]); lower[t] = min(low[t-length..t-1]); middle = (upper + lower) / 2; " +
    "the present bar is not included, so that a breakout is close > upper",
  source: "Faith, Way of the Turtle (2007), after Donchian's four-week rule",
  inputs: ["high", "low"],
  outputs: ["upper", "middle", "lower"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length,
  create({ length }, out) {
    const highs = new RollingMaximum(length);
    const lows = new RollingMinimum(length);
    const uppers = new LagWindow(1);
    const lowers = new LagWindow(1);
    return (high, low) => {
      const upper = uppers.add(highs.add(high));
      const lower = lowers.add(lows.add(low));
      out[1] = (upper + lower) / 2;
      out[2] = lower;
      return upper;
    };
  },
});

/** Donchian channel of the `length` bars before the present one: a breakout is `close > upper` or `close < lower`. */
export function donchian(bars: BarSeries, length = 20): { upper: Expr; middle: Expr; lower: Expr } {
  const output = (index: number): Expr => apply(donchianIndicator, [bars.high, bars.low], { length }, index);
  return { upper: output(0), middle: output(1), lower: output(2) };
}
