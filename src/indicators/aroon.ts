import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";

export const aroonIndicator = indicator({
  name: "aroon",
  summary: "How recent the highest high and the lowest low are: 100 for the present bar, 0 for the oldest.",
  formula:
    "up = 100 * (length - bars since the highest high of the last length + 1 bars) / length; down alike for the lowest low; " +
    "oscillator = up - down; of equal extremes the latest counts",
  source: "Chande (1995), Stocks & Commodities 13:9",
  inputs: ["high", "low"],
  outputs: ["up", "down", "oscillator"],
  params: { length: int(25, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }, out) {
    const highs = new RollingMaximum(length + 1);
    const lows = new RollingMinimum(length + 1);
    return (high, low) => {
      const isFull = !Number.isNaN(highs.add(high));
      lows.add(low);
      const up = isFull ? (100 * (length - highs.age())) / length : Number.NaN;
      const down = isFull ? (100 * (length - lows.age())) / length : Number.NaN;
      out[1] = down;
      out[2] = up - down;
      return up;
    };
  },
});

/** How recent the extremes of the last `length + 1` bars are: `up` and `down` 0 to 100, `oscillator` their difference. */
export function aroon(bars: BarSeries, length = 25): { up: Expr; down: Expr; oscillator: Expr } {
  const output = (index: number): Expr => apply(aroonIndicator, [bars.high, bars.low], { length }, index);
  return { up: output(0), down: output(1), oscillator: output(2) };
}
