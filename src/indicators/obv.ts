import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";

export const obvIndicator = indicator({
  name: "obv",
  summary: "On-balance volume: the volume of rising bars minus the volume of falling ones, added up.",
  formula:
    "obv[t] = obv[t-1] + volume where close rose, - volume where it fell, unchanged where it stood; the first value is 0, so only its changes have a meaning and not its level",
  source: "Granville, New Key to Stock Market Profits (1963)",
  inputs: ["close", "volume"],
  outputs: ["obv"],
  params: {},
  warmup: () => 0,
  create() {
    let previous = Number.NaN;
    let balance = 0;
    return (close, volume) => {
      if (close > previous) balance += volume;
      else if (close < previous) balance -= volume;
      previous = close;
      return balance;
    };
  },
});

/** On-balance volume since the first bar, in units of volume; its level depends on where the data begin. */
export function obv(bars: BarSeries): Expr {
  return apply(obvIndicator, [bars.close, bars.volume], {});
}
