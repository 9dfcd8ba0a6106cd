import type { SpreadHistory } from "../../domain/cost-tables.ts";
import { timeframeMs } from "../../domain/timeframe.ts";
import type { BarSource } from "../bars/load-bars.ts";

/** How far bid and ask were from the bars of each symbol; undefined where no source has both. Finer bars are the last word. */
export function spreadsOf(
  sources: readonly Pick<BarSource, "bars" | "ask">[],
): Readonly<Record<string, SpreadHistory>> | undefined {
  const spreads: Record<string, SpreadHistory> = {};
  for (const { bars, ask } of sources) {
    if (ask === undefined) continue;
    const found = { timeMs: [] as number[], open: [] as number[], close: [] as number[] };
    let row = 0;
    for (let k = 0; k < bars.length; k++) {
      const closeMs = bars.closeTimeMs[k]!;
      while (row < ask.length && ask.closeTimeMs[row]! < closeMs) row += 1;
      if (row === ask.length || ask.closeTimeMs[row] !== closeMs) continue;
      found.timeMs.push(closeMs);
      // Never below nothing: a quote may cross for the length of a tick.
      found.open.push(Math.max(0, ask.open[row]! - bars.open[k]!));
      found.close.push(Math.max(0, ask.close[row]! - bars.close[k]!));
    }
    if (found.timeMs.length > 0) spreads[bars.symbol] = { lengthMs: timeframeMs(bars.timeframe), ...found };
  }
  return Object.keys(spreads).length === 0 ? undefined : spreads;
}
