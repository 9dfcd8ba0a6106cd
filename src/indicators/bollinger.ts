import { apply, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { float, int } from "../domain/params.ts";
import { RollingVariance } from "./rolling-variance.ts";

export const bollingerIndicator = indicator({
  name: "bollinger",
  summary: "Bollinger bands: the moving average and `width` standard deviations above and below it.",
  formula:
    "middle = mean of the last `length` values; deviation = their population standard deviation (divisor length); " +
    "upper, lower = middle +- width * deviation; percentB = (x - lower) / (upper - lower), 0.5 on a flat window; " +
    "width = (upper - lower) / middle, NaN where the middle is 0",
  source: "Bollinger, Bollinger on Bollinger Bands (2001)",
  inputs: ["value"],
  outputs: ["upper", "middle", "lower", "percentB", "width"],
  params: {
    length: int(20, { min: 2, max: 400 }),
    width: float(2, { min: 0.5, max: 4, step: 0.25 }, "distance of the bands in standard deviations"),
  },
  pane: "price",
  warmup: ({ length }) => length - 1,
  create({ length, width }, out) {
    const window = new RollingVariance(length);
    return (value) => {
      const reach = width * Math.sqrt(window.add(value) / length);
      const middle = window.mean;
      out[1] = middle;
      out[2] = middle - reach;
      out[3] = reach === 0 ? 0.5 : 0.5 + (value - middle) / (2 * reach);
      out[4] = middle === 0 ? Number.NaN : (2 * reach) / middle;
      return middle + reach;
    };
  },
});

/** Bollinger bands; `percentB` is 0 at the lower band and 1 at the upper, `width` is relative to the middle. */
export function bollinger(
  value: Expr,
  length = 20,
  width = 2,
): { upper: Expr; middle: Expr; lower: Expr; percentB: Expr; width: Expr } {
  const output = (index: number): Expr => apply(bollingerIndicator, [value], { length, width }, index);
  return { upper: output(0), middle: output(1), lower: output(2), percentB: output(3), width: output(4) };
}
