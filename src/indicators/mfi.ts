import { apply, type BarSeries, type Expr } from "../domain/expression.ts";
import { indicator } from "../domain/indicator.ts";
import { int } from "../domain/params.ts";
import { EqualRun } from "./equal-run.ts";
import { RollingSum } from "./rolling-sum.ts";

export const mfiIndicator = indicator({
  name: "mfi",
  summary: "Money flow index: the share of rising bars in the money traded lately, 0 to 100.",
  formula:
    "mfi[t] = 100 * up / (up + down) over the last `length` changes; the flow typical * volume, typical = (high + low + close) / 3, counts as up where typical rose, as down where it fell and as neither where it stood; 50 where there was no flow",
  source: "Quong and Soudack, Volume-Weighted RSI: Money Flow, Stocks & Commodities 7:3 (1989)",
  inputs: ["high", "low", "close", "volume"],
  outputs: ["mfi"],
  params: { length: int(14, { min: 1, max: 400 }) },
  warmup: ({ length }) => length,
  create({ length }) {
    const ups = new RollingSum(length);
    const downs = new RollingSum(length);
    const run = new EqualRun();
    let previous = Number.NaN;
    return (high, low, close, volume) => {
      const typical = (high + low + close) / 3;
      const change = typical - previous;
      previous = typical;
      if (Number.isNaN(change)) return Number.NaN;
      const flow = Math.sign(change) * typical * volume;
      const up = ups.add(flow > 0 ? flow : 0);
      const down = downs.add(flow < 0 ? -flow : 0);
      const equalFlows = run.add(flow);
      if (flow === 0 && equalFlows >= length) return 50;
      // A side that has left the window may leave a residue of 1e-30 behind, on either side of 0.
      const rising = Math.max(0, up);
      return (rising / (rising + Math.max(0, down))) * 100;
    };
  },
});

/** Money flow index, a volume-weighted RSI, 0 to 100. */
export function mfi(bars: BarSeries, length = 14): Expr {
  return apply(mfiIndicator, [bars.high, bars.low, bars.close, bars.volume], { length });
}
