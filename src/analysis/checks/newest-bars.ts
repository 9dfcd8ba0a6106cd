import { sliceBars, type Bars } from "../../domain/bars.ts";
import { rowsUntil } from "./compare-traces.ts";

/** The newest bars of all symbols, from one time on, at most `count` of each; copied. */
export function newestBars(bars: readonly Bars[], count: number): readonly Bars[] {
  const fromMs = Math.max(
    ...bars.map(({ closeTimeMs, length }) => (length <= count ? -Infinity : closeTimeMs[length - count]!)),
  );
  if (fromMs === -Infinity) return bars;
  return bars.map((table) => sliceBars(table, rowsUntil(table, fromMs - 1), table.length));
}
