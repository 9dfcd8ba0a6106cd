import { BarTable } from "../domain/bar-table.ts";
import { sliceBars, type Bars } from "../domain/bars.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import type { Timeframe } from "../domain/timeframe.ts";

/** One trade of one symbol. */
export type Trade = {
  /** When it happened at the venue, UTC milliseconds. */
  readonly timeMs: number;
  readonly price: number;
  /** In units of the base asset. */
  readonly quantity: number;
};

/** A bar made of trades. */
export type TradeBar = {
  readonly closeTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly trades: number;
};

/**
 * Builds the bars of one symbol trade by trade. A trade at the very end of a bar belongs to the next one; a bar
 * without trades does not exist. Inside a bar the order of arrival does not matter: open and close are the prices of
 * the earliest and the latest trade, the first and the last to arrive among equals.
 */
export class TradeBars {
  /** Trades for a bar that was closed already: they are left out. */
  lateCount = 0;
  /** Trades without a positive price and quantity: they are left out. */
  brokenCount = 0;
  private readonly calendar: Calendar;
  private readonly timeframe: Timeframe;
  private closedThroughMs = Number.NEGATIVE_INFINITY;
  private endMs = Number.NaN;
  private firstMs = 0;
  private lastMs = 0;
  private open = 0;
  private high = 0;
  private low = 0;
  private close = 0;
  private volume = 0;
  private volumeError = 0;
  private trades = 0;

  constructor(timeframe: Timeframe, calendar: Calendar) {
    this.timeframe = timeframe;
    this.calendar = calendar;
  }

  /** Takes a trade; returns the bar that it closes by belonging to a later one, otherwise null. */
  add({ timeMs, price, quantity }: Trade): TradeBar | null {
    if (!(timeMs >= 0 && price > 0 && quantity > 0 && price < Infinity && quantity < Infinity)) {
      this.brokenCount += 1;
      return null;
    }
    if (timeMs < this.closedThroughMs) {
      this.lateCount += 1;
      return null;
    }
    const closed = timeMs >= this.endMs ? this.take() : null;
    if (this.trades === 0) this.begin(timeMs, price);
    this.include(timeMs, price, quantity);
    return closed;
  }

  /** Returns the bar under way when it is over at `timeMs`: nothing that happened before then is still to come. */
  closeThrough(timeMs: number): TradeBar | null {
    return this.trades > 0 && timeMs >= this.endMs ? this.take() : null;
  }

  private begin(timeMs: number, price: number): void {
    // The bar that holds an instant is the one that holds the time just before the next millisecond.
    this.endMs = this.calendar.bucketEnd(Math.floor(timeMs) + 1, this.timeframe);
    this.firstMs = timeMs;
    this.lastMs = timeMs;
    this.open = price;
    this.high = price;
    this.low = price;
    this.volume = 0;
    this.volumeError = 0;
  }

  private include(timeMs: number, price: number, quantity: number): void {
    if (timeMs < this.firstMs) {
      this.firstMs = timeMs;
      this.open = price;
    }
    if (timeMs >= this.lastMs) {
      this.lastMs = timeMs;
      this.close = price;
    }
    this.high = Math.max(this.high, price);
    this.low = Math.min(this.low, price);
    // Kahan's compensated sum: thousands of small trades must not lose the last digits of the volume.
    const term = quantity - this.volumeError;
    const sum = this.volume + term;
    this.volumeError = sum - this.volume - term;
    this.volume = sum;
    this.trades += 1;
  }

  private take(): TradeBar {
    const { endMs, open, high, low, close, volume, trades } = this;
    this.closedThroughMs = endMs;
    this.endMs = Number.NaN;
    this.trades = 0;
    return { closeTimeMs: endMs, open, high, low, close, volume, trades };
  }
}

/** The bars that trades make, oldest first; the last one counts as closed. Trades come roughly in time order. */
export function tradesToBars(
  symbol: string,
  timeframe: Timeframe,
  trades: Iterable<Trade>,
  calendar: Calendar,
): Bars {
  const table = new BarTable(symbol, timeframe);
  const building = new TradeBars(timeframe, calendar);
  const append = (bar: TradeBar | null): void => {
    if (bar !== null) table.append(bar.closeTimeMs, bar.open, bar.high, bar.low, bar.close, bar.volume);
  };
  for (const trade of trades) append(building.add(trade));
  append(building.closeThrough(Number.POSITIVE_INFINITY));
  return sliceBars(table, 0, table.length);
}
