import { syntheticMarket } from "../../src/data/synthetic/synthetic-market.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { Timeframe } from "../../src/domain/timeframe.ts";
import { sma } from "../../src/indicators/sma.ts";
import { crossOver, crossUnder, strategy } from "../../src/ports/strategy.ts";

/** A market on cents: what goes over a wire has no more places. */
export function centMarket(
  seed: number,
  symbols: number,
  count: number,
  timeframe: Timeframe = "1h",
): readonly BarTable[] {
  const { bars } = syntheticMarket({
    seed,
    symbols,
    timeframe,
    bars: count,
    startMs: Date.UTC(2024, 0, 1),
    calendarName: "24/7",
  });
  const cents = (price: number) => Math.round(price * 100) / 100;
  return bars.map((table) => {
    const copy = new BarTable(table.symbol, timeframe);
    for (let row = 0; row < table.length; row++)
      copy.append(
        table.closeTimeMs[row]!,
        cents(table.open[row]!),
        cents(table.high[row]!),
        cents(table.low[row]!),
        cents(table.close[row]!),
        table.volume[row]!,
      );
    return copy;
  });
}

/** Crosses with levels that lie too far away to be met on the bar of the entry itself: a real venue gets them after it. */
export const withLevels = strategy({
  name: "with-levels",
  summary: "Long above, short below, with a stop and a target.",
  params: {},
  setup: ({ bars }) => ({ fast: sma(bars.close, 5), slow: sma(bars.close, 15), close: bars.close }),
  onBar({ series, target }) {
    const price = series.close.now;
    const at = (share: number) => Math.round(price * share * 100) / 100;
    if (crossOver(series.fast, series.slow))
      target(1, { reason: "above", stopPrice: at(0.96), takeProfitPrice: at(1.05) });
    if (crossUnder(series.fast, series.slow))
      target(-1, { reason: "below", stopPrice: at(1.04), takeProfitPrice: at(0.95) });
  },
});
