import { finerBarsText } from "../../analysis/report/assumed-fills.ts";
import { rowsUntil } from "../../analysis/checks/compare-traces.ts";
import { percentText } from "../../analysis/report/number-text.ts";
import { median } from "../../analysis/statistics/quantile.ts";
import type { Bars } from "../../domain/bars.ts";
import type { BacktestResult } from "./run-backtest.ts";

/** So many bars, evenly spread, tell what is usual. */
const sampleMax = 10_000;

/** Warns of stops and trails that are nearer than the usual bar spans: what happened between them, bars do not tell. */
export function coarseBarWarnings({
  session,
  ground,
  log,
}: Pick<BacktestResult, "session" | "ground" | "log">): readonly string[] {
  const { instruments, fractions } = session.recorder.stopDistances;
  if (fractions.length === 0) return [];
  const rangeOf = new Map(
    [...new Set(instruments)].map((index) => [index, usualRange(ground.bars[index]!, log.timeMs[0]!)]),
  );
  const ranges = Float64Array.from(instruments, (index) => rangeOf.get(index)!);
  const inRanges = median(Float64Array.from(fractions, (fraction, k) => fraction / ranges[k]!));
  if (!(inRanges < 1)) return [];
  const { timeframe } = ground.bars[0]!;
  const [distance, range] = [median(Float64Array.from(fractions)), median(ranges)].map((value) =>
    percentText(value),
  );
  return [
    `stops and trails are nearer than a bar is long: ${distance} from the price at the median, while the usual ` +
      `${timeframe} bar spans ${range} from its low to its high, so what happens inside it is assumed: ` +
      finerBarsText(timeframe),
  ];
}

/** The median of high less low, as a fraction of the close, from the first decision on. */
function usualRange(bars: Bars, firstDecisionMs: number): number {
  const { length, high, low, close } = bars;
  const from = rowsUntil(bars, firstDecisionMs);
  const step = Math.ceil((length - from) / sampleMax);
  const spans: number[] = [];
  for (let row = from; row < length; row += step)
    spans.push((high[row]! - low[row]!) / Math.abs(close[row]!));
  return median(Float64Array.from(spans));
}
