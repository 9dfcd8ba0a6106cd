import type { Bars } from "../domain/bars.ts";
import { float, int } from "../domain/params.ts";
import { definePlugin } from "../ports/plugin.ts";

/** In a wild market the price runs further before an order arrives. Only bars before the fill are looked at. */
export const slippageVolatility = definePlugin({
  kind: "slippage",
  name: "volatility",
  summary: "Slippage is a multiple of the mean true range of the bars before the fill.",
  options: {
    multiple: float(0.05, { min: 0, max: 1 }, "slippage in mean true ranges"),
    length: int(14, { min: 1, max: 200 }, "bars before the fill whose mean true range counts"),
    largest: float(0.1, { min: 0, max: 1 }, "no fill is worse than this share of the price"),
  },
  create({ multiple, length, largest }) {
    const rate = (bars: Bars, lastRow: number): number =>
      Math.min(largest, (multiple * meanTrueRange(bars, lastRow, length)) / bars.close[lastRow]!);
    // An order is older than the bar that fills it, so there is a bar before.
    return { fraction: (bars, row) => rate(bars, row - 1), rate };
  },
});

/** Mean true range (Wilder 1978) of up to `length` rows that end with `lastRow`; the first row has only its range. */
function meanTrueRange(bars: Bars, lastRow: number, length: number): number {
  const { high, low, close } = bars;
  const from = Math.max(0, lastRow + 1 - length);
  let sum = 0;
  for (let row = from; row <= lastRow; row++) {
    const before = row === 0 ? low[0]! : close[row - 1]!;
    sum += Math.max(high[row]!, before) - Math.min(low[row]!, before);
  }
  return sum / (lastRow + 1 - from);
}
