/** A candle that stands on a grid: `openMs`, then prices and volume as decimal text. */
export type FakeCandle = {
  readonly openMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
};

/** The candle that opens at `openMs`: always the same, and different from its neighbours. */
export function candleAt(openMs: number, spanMs: number): FakeCandle {
  const step = Math.round(openMs / spanMs);
  const open = 100 + (step % 97) / 4;
  const close = 100 + ((step + 1) % 97) / 4;
  return {
    openMs,
    open: open.toFixed(2),
    high: (Math.max(open, close) + 0.5).toFixed(2),
    low: (Math.min(open, close) - 0.5).toFixed(2),
    close: close.toFixed(2),
    volume: (1 + (step % 13) / 8).toFixed(3),
  };
}

const mondayMs = 4 * 86_400_000;
const weekMs = 7 * 86_400_000;

/** Candles of a market that lists at `listedMs`, with stamps in [`fromMs`, `toMs`], the one still open included. */
export function candlesBetween(
  listedMs: number,
  nowMs: number,
  spanMs: number,
  fromMs: number,
  toMs: number,
): FakeCandle[] {
  const candles: FakeCandle[] = [];
  const gridMs = spanMs === weekMs ? mondayMs : 0;
  const first = Math.ceil((Math.max(listedMs, fromMs) - gridMs) / spanMs) * spanMs + gridMs;
  for (let openMs = first; openMs <= Math.min(toMs, nowMs); openMs += spanMs) {
    candles.push(candleAt(openMs, spanMs));
  }
  return candles;
}
