import type { Timeframe } from "../../domain/timeframe.ts";
import type { PlayedBars } from "../exchange/tape.ts";
import { bucketOf } from "./bucket-of.ts";

/** A candle as venues tell of it: known by when it opens. */
export type Candle = {
  readonly openMs: number;
  readonly endMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** Volume times price, by the closes of the bars in it. */
  turnover: number;
  /** How many bars of the tape are in it. */
  count: number;
  isClosed: boolean;
};

/** Candles of one length, made from what has been played; the last one may still be open. */
export class CandleSeries {
  readonly candles: Candle[] = [];
  private readonly timeframe: Timeframe;
  private readonly timeZone: string;
  private used = 0;

  constructor(timeframe: Timeframe, timeZone: string) {
    this.timeframe = timeframe;
    this.timeZone = timeZone;
  }

  /** Takes in what has been played since. */
  follow({ bars, length }: PlayedBars): void {
    for (; this.used < length; this.used++) {
      const row = this.used;
      const closeMs = bars.closeTimeMs[row]!;
      let last = this.candles.at(-1);
      if (last === undefined || closeMs > last.endMs) {
        if (last !== undefined) last.isClosed = true;
        last = emptyCandle(bucketOf(closeMs, this.timeframe, this.timeZone), bars.open[row]!);
        this.candles.push(last);
      }
      last.high = Math.max(last.high, bars.high[row]!);
      last.low = Math.min(last.low, bars.low[row]!);
      last.close = bars.close[row]!;
      last.volume += bars.volume[row]!;
      last.turnover += bars.volume[row]! * bars.close[row]!;
      last.count += 1;
      last.isClosed = closeMs >= last.endMs;
    }
  }

  /** Candles that open from `fromMs` to `toMs`, both included, oldest first. */
  between(fromMs: number, toMs: number): readonly Candle[] {
    const from = this.placeOf(fromMs);
    let to = this.placeOf(toMs);
    if (this.candles[to]?.openMs === toMs) to += 1;
    return this.candles.slice(from, to);
  }

  /** The first candle that opens at `openMs` or later. */
  private placeOf(openMs: number): number {
    let low = 0;
    let high = this.candles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.candles[middle]!.openMs < openMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function emptyCandle({ openMs, endMs }: { openMs: number; endMs: number }, open: number): Candle {
  return {
    openMs,
    endMs,
    open,
    high: open,
    low: open,
    close: open,
    volume: 0,
    turnover: 0,
    count: 0,
    isClosed: false,
  };
}
