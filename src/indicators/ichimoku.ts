import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { LagWindow } from "./lag-window.ts";
import { RollingMaximum, RollingMinimum } from "./rolling-extreme.ts";

export const ichimokuIndicator = indicator({
  name: "ichimoku",
  summary: "Ichimoku lines: the middles of three ranges, and the cloud as it stands at the present bar.",
  formula:
    "middle(n) = (highest high + lowest low of the last n bars) / 2; conversion = middle(conversion); base = middle(base); " +
    "leadingA[t] = (conversion + base) / 2 and leadingB[t] = middle(span), both as computed `base` bars ago, " +
    "which is where a chart draws them now; there is no lagging span (chikou), since it would need the future; " +
    "all outputs begin together",
  source: "Hosoda (1969); Elliott, Ichimoku Charts (2007)",
  inputs: ["high", "low"],
  outputs: ["conversion", "base", "leadingA", "leadingB"],
  params: {
    conversion: int(9, { min: 1, max: 400 }),
    base: int(26, { min: 1, max: 400 }),
    span: int(52, { min: 1, max: 400 }),
  },
  pane: "price",
  warmup: ({ conversion, base, span }) => Math.max(conversion, base, span) - 1 + base,
  create({ conversion, base, span }, out) {
    const short = rangeMiddle(conversion);
    const medium = rangeMiddle(base);
    const long = rangeMiddle(span);
    const cloudA = new LagWindow(base);
    const cloudB = new LagWindow(base);
    return (high, low) => {
      const conversionLine = short(high, low);
      const baseLine = medium(high, low);
      const leadingA = cloudA.add((conversionLine + baseLine) / 2);
      const leadingB = cloudB.add(long(high, low));
      const isReady = !Number.isNaN(leadingA + leadingB);
      out[1] = isReady ? baseLine : Number.NaN;
      out[2] = isReady ? leadingA : Number.NaN;
      out[3] = isReady ? leadingB : Number.NaN;
      return isReady ? conversionLine : Number.NaN;
    };
  },
});

/** Ichimoku's `conversion` and `base` lines and the cloud's edges `leadingA` and `leadingB` at the present bar. */
export function ichimoku(
  bars: BarSeries,
  conversion = 9,
  base = 26,
  span = 52,
): { conversion: Expr; base: Expr; leadingA: Expr; leadingB: Expr } {
  const output = (index: number): Expr =>
    apply(ichimokuIndicator, [bars.high, bars.low], { conversion, base, span }, index);
  return { conversion: output(0), base: output(1), leadingA: output(2), leadingB: output(3) };
}

function rangeMiddle(length: number): (high: number, low: number) => number {
  const highs = new RollingMaximum(length);
  const lows = new RollingMinimum(length);
  return (high, low) => (highs.add(high) + lows.add(low)) / 2;
}
