import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { EqualRun } from "./equal-run.ts";
import { RollingSum } from "./rolling-sum.ts";

export const vwmaIndicator = indicator({
  name: "vwma",
  summary:
    "Volume-weighted moving average: the mean of the last `length` closes, each by the volume behind it.",
  formula:
    "vwma[t] = sum(close * volume) / sum(volume) over the last `length` rows; where none of them has volume, their plain mean",
  source: "Dormeier, Buff Up Your Moving Averages, Stocks & Commodities 19:2 (2001)",
  inputs: ["close", "volume"],
  outputs: ["vwma"],
  params: { length: int(20, { min: 1, max: 400 }) },
  pane: "price",
  warmup: ({ length }) => length - 1,
  create({ length }) {
    const closes = new RollingSum(length);
    const traded = new RollingSum(length);
    const volumes = new RollingSum(length);
    const closeRun = new EqualRun();
    const volumeRun = new EqualRun();
    return (close, volume) => {
      const plain = closes.add(close);
      const weighted = traded.add(close * volume);
      const total = volumes.add(volume);
      const equalCloses = closeRun.add(close);
      const equalVolumes = volumeRun.add(volume);
      if (Number.isNaN(plain)) return Number.NaN;
      // Exactly flat on flat prices: the rounding of two sums must not look like a move.
      if (equalCloses >= length) return close;
      return volume === 0 && equalVolumes >= length ? plain / length : weighted / total;
    };
  },
});

/** Volume-weighted moving average of the last `length` closes. */
export function vwma(bars: BarSeries, length: number): Expr {
  return apply(vwmaIndicator, [bars.close, bars.volume], { length });
}
