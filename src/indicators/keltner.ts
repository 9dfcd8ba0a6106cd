import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator, settlingRows } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { AverageTrueRange } from "./average-true-range.ts";
import { ExponentialAverage } from "./exponential-average.ts";

export const keltnerIndicator = indicator({
  name: "keltner",
  summary: "Keltner channel: the exponential average and a multiple of the average true range around it.",
  formula:
    "middle = ema(close, length), seeded by a simple mean; upper, lower = middle +- multiple * atr(atrLength); " +
    "all outputs begin together",
  source: "Keltner, How to Make Money in Commodities (1960), in the form of Linda Raschke",
  inputs: ["high", "low", "close"],
  outputs: ["upper", "middle", "lower"],
  params: {
    length: int(20, { min: 1, max: 400 }),
    multiple: float(2, { min: 0.5, max: 5, step: 0.5 }, "distance of the bands in average true ranges"),
    atrLength: int(10, { min: 1, max: 400 }),
  },
  pane: "price",
  warmup: ({ length, atrLength }) => Math.max(length - 1, atrLength),
  settling: ({ length, atrLength }) => Math.max(settlingRows(2 / (length + 1)), settlingRows(1 / atrLength)),
  create({ length, multiple, atrLength }, out) {
    const average = new ExponentialAverage(length);
    const ranges = new AverageTrueRange(atrLength);
    return (high, low, close) => {
      const center = average.add(close);
      const reach = multiple * ranges.add(high, low, close);
      const upper = center + reach;
      out[1] = Number.isNaN(upper) ? upper : center;
      out[2] = center - reach;
      return upper;
    };
  },
});

/** Keltner channel around an exponential average of the close, in price units. */
export function keltner(
  bars: BarSeries,
  length = 20,
  multiple = 2,
  atrLength = 10,
): { upper: Expr; middle: Expr; lower: Expr } {
  const output = (index: number): Expr =>
    apply(keltnerIndicator, [bars.high, bars.low, bars.close], { length, multiple, atrLength }, index);
  return { upper: output(0), middle: output(1), lower: output(2) };
}
