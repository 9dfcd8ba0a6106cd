import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { EqualRun } from "./equal-run.ts";
import { RollingSum } from "./rolling-sum.ts";

export const cmfIndicator = indicator({
  name: "cmf",
  summary:
    "Chaikin money flow: whether recent volume traded near the highs (+1) or the lows (-1) of its bars.",
  formula:
    "cmf[t] = sum(m * volume) / sum(volume) over the last `length` rows, m = ((close - low) - (high - close)) / (high - low), 0 where high = low; 0 where there was no volume",
  source: "Achelis, Technical Analysis from A to Z (2001), Chaikin Money Flow",
  inputs: ["high", "low", "close", "volume"],
  outputs: ["cmf"],
  params: { length: int(20, { min: 1, max: 400 }) },
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const flows = new RollingSum(length);
    const volumes = new RollingSum(length);
    const run = new EqualRun();
    return (high, low, close, volume) => {
      const multiplier = high > low ? (close - low - (high - close)) / (high - low) : 0;
      const flow = flows.add(multiplier * volume);
      const total = volumes.add(volume);
      const equalVolumes = run.add(volume);
      if (Number.isNaN(total)) return Number.NaN;
      return volume === 0 && equalVolumes >= length ? 0 : flow / total;
    };
  },
});

/** Chaikin money flow of the last `length` bars, -1 to 1. */
export function cmf(bars: BarSeries, length = 20): Expr {
  return apply(cmfIndicator, [bars.high, bars.low, bars.close, bars.volume], { length });
}
