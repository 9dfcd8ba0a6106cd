import { apply, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { rangePosition } from "./range-position.ts";
import { RelativeStrength } from "./relative-strength.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";
import { StochasticLines } from "./stochastic-lines.ts";

/**
 * On flat prices gain and loss fade alike and the RSI stands still but for its last bits; stretched to 0..100
 * those bits would look like a signal. A billionth of an RSI point is far above them and far below any move.
 */
const flatRsiRange = 1e-9;

export const stochasticRsiIndicator = indicator({
  name: "stochastic-rsi",
  summary:
    "Stochastic of the RSI: where the RSI lies in its own range of the last `stochLength` rows, 0 to 100.",
  formula:
    "raw[t] = 100 * (rsi - lowest rsi) / (highest rsi - lowest rsi) over `stochLength` rows, 50 where that range is below 1e-9; rsi = Wilder's over `rsiLength`; k = sma(raw, smoothK), d = sma(k, smoothD); both lines start on the row where d is known",
  source: "Chande and Kroll, The New Technical Trader (1994)",
  inputs: ["value"],
  outputs: ["k", "d"],
  params: {
    rsiLength: int(14, { min: 1, max: 400 }, "length of the RSI"),
    stochLength: int(14, { min: 1, max: 400 }, "rows of the RSI's range"),
    smoothK: int(3, { min: 1, max: 50 }, "smoothing of k; 1 leaves it raw"),
    smoothD: int(3, { min: 1, max: 50 }, "smoothing of d over k"),
  },
  warmup: ({ rsiLength, stochLength, smoothK, smoothD }) =>
    rsiLength + stochLength - 1 + smoothK - 1 + smoothD - 1,
  settling: ({ rsiLength }) => settlingRows(1 / rsiLength),
  create({ rsiLength, stochLength, smoothK, smoothD }, out) {
    const strength = new RelativeStrength(rsiLength);
    const highest = new RollingMaximum(stochLength);
    const lowest = new RollingMinimum(stochLength);
    const lines = new StochasticLines(smoothK, smoothD);
    return (value) => {
      out[1] = Number.NaN;
      const rsi = strength.add(value);
      if (Number.isNaN(rsi)) return Number.NaN;
      const top = highest.add(rsi);
      const bottom = lowest.add(rsi);
      if (Number.isNaN(top)) return Number.NaN;
      const k = lines.add(100 * rangePosition(rsi, bottom, top, flatRsiRange));
      out[1] = lines.d;
      return k;
    };
  },
});

/** Stochastic RSI (Chande and Kroll): `k` and the slower `d`, 0 to 100. */
export function stochasticRsi(
  value: Expr,
  rsiLength = 14,
  stochLength = 14,
  smoothK = 3,
  smoothD = 3,
): { k: Expr; d: Expr } {
  const params = { rsiLength, stochLength, smoothK, smoothD };
  return {
    k: apply(stochasticRsiIndicator, [value], params, 0),
    d: apply(stochasticRsiIndicator, [value], params, 1),
  };
}
