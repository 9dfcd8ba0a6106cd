import type { Timeframe } from "../../domain/timeframe.ts";
import type { Candle } from "../candles/candle-series.ts";
import { decimal } from "../wire/decimal.ts";

const intervals: ReadonlySet<string> = new Set(
  "1s 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 3d 1w 1M".split(" "),
);

/** The timeframe of an interval, which is written as ours is and tells minutes from months by the letter's case. */
export function binanceTimeframe(interval: string): Timeframe | null {
  return intervals.has(interval) ? (interval as Timeframe) : null;
}

/** A row of `GET /api/v3/klines`: half of what was traded is said to have been bought by takers. */
export function klineRow({ openMs, endMs, volume, turnover, count, ...prices }: Candle): readonly unknown[] {
  return [
    openMs,
    price(prices.open),
    price(prices.high),
    price(prices.low),
    price(prices.close),
    price(volume),
    endMs - 1,
    price(turnover),
    count,
    price(volume / 2),
    price(turnover / 2),
    "0",
  ];
}

/** A message of a kline stream. */
export function klineEvent(symbol: string, interval: string, candle: Candle, nowMs: number): unknown {
  const { openMs, endMs, open, high, low, close, volume, turnover, count, isClosed } = candle;
  return {
    e: "kline",
    E: nowMs,
    s: symbol,
    k: {
      t: openMs,
      T: endMs - 1,
      s: symbol,
      i: interval,
      f: 1,
      L: count,
      o: price(open),
      c: price(close),
      h: price(high),
      l: price(low),
      v: price(volume),
      n: count,
      x: isClosed,
      q: price(turnover),
      V: price(volume / 2),
      Q: price(turnover / 2),
      B: "0",
    },
  };
}

/** Eight places, as Binance writes every number. */
export function price(value: number): string {
  return Number.isInteger(value) ? `${decimal(value)}.00000000` : value.toFixed(8);
}
