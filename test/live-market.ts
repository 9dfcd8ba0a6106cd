import { Prng } from "../src/base/prng.ts";
import { historicalFeed } from "../src/data/historical-feed.ts";
import { barsOf, type Bars } from "../src/domain/bars.ts";
import type { MarketSlice } from "../src/domain/slice.ts";
import { timeframeMs, type Timeframe } from "../src/domain/timeframe.ts";

/** What `liveMarket` makes: on the grid of the timeframe, some bars missing for good, as where nobody trades. */
export type LiveMarketOptions = {
  readonly symbols: number;
  readonly instants: number;
  readonly seed: number;
  readonly timeframe?: Timeframe;
  /** Share of bars that never existed. */
  readonly holes?: number;
  /** The first close. */
  readonly fromMs: number;
};

/** Bars of many symbols: what really happened, to be told live in a worse order. */
export function liveMarket(options: LiveMarketOptions): readonly Bars[] {
  const { symbols, instants, seed, timeframe = "1m", holes = 0, fromMs } = options;
  const prng = new Prng(seed);
  const spanMs = timeframeMs(timeframe);
  return Array.from({ length: symbols }, (_, index) => {
    const closeTimeMs: number[] = [];
    for (let k = 0; k < instants; k++) if (prng.next() >= holes) closeTimeMs.push(fromMs + k * spanMs);
    let price = 100;
    const open = closeTimeMs.map(() => (price *= 1 + prng.normal() * 0.002));
    const close = open.map((value, k) => open[k + 1] ?? value);
    const column = (values: readonly number[]) => Float64Array.from(values);
    return barsOf(`S${index}`, timeframe, {
      closeTimeMs: column(closeTimeMs),
      open: column(open),
      high: column(open.map((value, k) => Math.max(value, close[k]!) + 0.01)),
      low: column(open.map((value, k) => Math.min(value, close[k]!) - 0.01)),
      close: column(close),
      volume: column(open.map(() => prng.integer(1_000))),
    });
  });
}

/** A slice with all its numbers, to compare. */
export function sliceText({ timeMs, count, instruments, rows }: MarketSlice, bars: readonly Bars[]): string {
  const parts = Array.from({ length: count }, (_, k) => {
    const table = bars[instruments[k]!]!;
    const row = rows[k]!;
    const { open, high, low, close, volume, closeTimeMs } = table;
    return [instruments[k], row, closeTimeMs[row], open[row], high[row], low[row], close[row], volume[row]];
  });
  return `${timeMs} ${parts.join(" ")}`;
}

/** Every slice that a backtest over these bars sees. */
export function historicalSlices(bars: readonly Bars[]): readonly string[] {
  const texts: string[] = [];
  for (const batch of historicalFeed(bars)) {
    while (batch.advance()) texts.push(sliceText(batch.slice, bars));
  }
  return texts;
}
