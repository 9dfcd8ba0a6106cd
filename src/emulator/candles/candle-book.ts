import { timeframeMs, type Timeframe } from "../../domain/timeframe.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { CandleSeries } from "./candle-series.ts";

/** Candles of every symbol and length that anybody has asked for. */
export class CandleBook {
  private readonly exchange: Exchange;
  private readonly series = new Map<string, CandleSeries>();

  constructor(exchange: Exchange) {
    this.exchange = exchange;
  }

  /** The candles of a symbol as far as they have been played; null for a length that the tape is too coarse for. */
  of(symbol: string, timeframe: Timeframe): CandleSeries | null {
    const listing = this.exchange.listing(symbol);
    if (listing === null) return null;
    const played = this.exchange.played(symbol);
    if (timeframeMs(timeframe) < timeframeMs(played.bars.timeframe)) return null;
    const key = `${symbol} ${timeframe}`;
    let series = this.series.get(key);
    if (series === undefined) {
      // A day of stocks begins at midnight in New York.
      series = new CandleSeries(timeframe, listing.calendarName === "us-equity" ? "America/New_York" : "UTC");
      this.series.set(key, series);
    }
    series.follow(played);
    return series;
  }
}
