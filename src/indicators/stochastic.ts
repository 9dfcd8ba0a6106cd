import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { rangePosition } from "./range-position.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";
import { StochasticLines } from "./stochastic-lines.ts";

export const stochasticIndicator = indicator({
  name: "stochastic",
  summary: "Stochastic oscillator: where the close lies in the range of the last `length` bars, 0 to 100.",
  formula:
    "raw[t] = 100 * (close - lowest low) / (highest high - lowest low), 50 where the range is 0; k = sma(raw, smoothK), d = sma(k, smoothD); smoothK = 1 is the fast stochastic, 3 the slow one; both lines start on the row where d is known",
  source: "Lane, Lane's Stochastics, Stocks & Commodities 2:3 (1984)",
  inputs: ["high", "low", "close"],
  outputs: ["k", "d"],
  params: {
    length: int(14, { min: 1, max: 400 }, "bars of the range"),
    smoothK: int(3, { min: 1, max: 50 }, "smoothing of k; 1 leaves it raw"),
    smoothD: int(3, { min: 1, max: 50 }, "smoothing of d over k"),
  },
  warmup: ({ length, smoothK, smoothD }) => length - 1 + smoothK - 1 + smoothD - 1,
  create({ length, smoothK, smoothD }, out) {
    const highest = new RollingMaximum(length);
    const lowest = new RollingMinimum(length);
    const lines = new StochasticLines(smoothK, smoothD);
    return (high, low, close) => {
      const top = highest.add(high);
      const bottom = lowest.add(low);
      const k = Number.isNaN(top) ? Number.NaN : lines.add(100 * rangePosition(close, bottom, top));
      out[1] = lines.d;
      return k;
    };
  },
});

/** Stochastic oscillator (Lane): `k` and the slower `d`, 0 to 100. `smoothK` = 1 gives the fast form. */
export function stochastic(bars: BarSeries, length = 14, smoothK = 3, smoothD = 3): { k: Expr; d: Expr } {
  const inputs = [bars.high, bars.low, bars.close];
  const params = { length, smoothK, smoothD };
  return {
    k: apply(stochasticIndicator, inputs, params, 0),
    d: apply(stochasticIndicator, inputs, params, 1),
  };
}
