import { BarTable } from "../domain/bar-table.ts";
import type { Bars } from "../domain/bars.ts";
import type { InstrumentIndex } from "../domain/instrument.ts";
import type { Ledger } from "../domain/ledger.ts";
import type { ApprovedOrder } from "../domain/order.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Broker } from "../ports/broker.ts";

/** Rows before the last price that the closing bar keeps: what slippage models look back on. */
const rowsKept = 200;

/** What the desk must know of the market: who is gone, and at what price their holdings are closed. */
export type DelistedPrices = {
  readonly isGone: (instrument: number) => boolean;
  /** Price of a holding that has no market any more, before slippage; `lastPrice` is its last close. */
  readonly priceOf: (instrument: number, lastPrice: number) => number;
};

/**
 * A venue in front of which orders in delisted instruments still find a price. Such an instrument has no bars, so
 * nothing of it would ever be filled or canceled: while an order of it waits, the venue behind is shown one bar a
 * slice that stands still at the closing price. Nobody else sees that bar: not the strategy, not the report. Where a
 * real bar comes again, the orders meet that one.
 */
export class DelistingDesk implements Broker {
  private readonly inner: Broker;
  private readonly ledger: Ledger;
  private readonly prices: DelistedPrices;
  /** The tables that the venue behind reads, by instrument: its own list, in which closing bars stand in for the bars. */
  private readonly shown: Bars[];
  private readonly bars: readonly Bars[];
  private readonly lastRow: Int32Array;
  /** Delisted instruments with something that the venue has to finish. */
  private readonly waiting = new Set<number>();
  private readonly slice: {
    timeMs: number;
    count: number;
    readonly instruments: Int32Array;
    readonly rows: Int32Array;
  };

  /** `shown` is the list of tables that `inner` was given. */
  constructor(inner: Broker, ledger: Ledger, bars: readonly Bars[], shown: Bars[], prices: DelistedPrices) {
    this.inner = inner;
    this.ledger = ledger;
    this.bars = bars;
    this.shown = shown;
    this.prices = prices;
    this.lastRow = new Int32Array(bars.length).fill(-1);
    this.slice = {
      timeMs: 0,
      count: 0,
      instruments: new Int32Array(bars.length),
      rows: new Int32Array(bars.length),
    };
  }

  quietUntil(from: number, to: number): number {
    return this.waiting.size === 0 ? this.inner.quietUntil(from, to) : from;
  }

  get hasAnswers(): boolean {
    return this.inner.hasAnswers;
  }

  submit(order: ApprovedOrder): void {
    this.expect(order.instrument);
    this.inner.submit(order);
  }

  cancel(order: ApprovedOrder): void {
    this.expect(order.instrument);
    this.inner.cancel(order);
  }

  modify(order: ApprovedOrder): void {
    this.expect(order.instrument);
    this.inner.modify(order);
  }

  advance(slice: MarketSlice): ReturnType<Broker["advance"]> {
    for (let k = 0; k < slice.count; k++) this.lastRow[slice.instruments[k]!] = slice.rows[k]!;
    // What was sold at its last close has an order that no bar came for.
    for (const index of this.ledger.held) if (this.prices.isGone(index)) this.waiting.add(index);
    if (this.waiting.size === 0 || slice.count === 0) return this.inner.advance(slice);
    const reports = this.inner.advance(this.withClosingBars(slice));
    for (const index of this.waiting) {
      this.shown[index] = this.bars[index]!;
      // A closing bar takes whatever it is given; only latency can leave something for the next one.
      if (this.ledger.quantity[index] === 0) this.waiting.delete(index);
    }
    return reports;
  }

  private expect(instrument: InstrumentIndex): void {
    if (this.prices.isGone(instrument)) this.waiting.add(instrument);
  }

  /** The slice with a bar of every delisted instrument that waits, in the order of instruments. */
  private withClosingBars({ timeMs, count, instruments, rows }: MarketSlice): MarketSlice {
    const { slice } = this;
    const closing = [...this.waiting].sort((a, b) => a - b);
    slice.timeMs = timeMs;
    slice.count = 0;
    let [k, next] = [0, 0];
    while (k < count || next < closing.length) {
      const index = Math.min(k < count ? instruments[k]! : Infinity, closing[next] ?? Infinity);
      const isReal = k < count && instruments[k] === index;
      slice.instruments[slice.count] = index;
      slice.rows[slice.count] = isReal ? rows[k]! : this.show(index, timeMs);
      slice.count += 1;
      if (isReal) k += 1;
      if (closing[next] === index) next += 1;
    }
    return slice;
  }

  /** Puts a closing bar in the place of an instrument's bars, and tells its row. */
  private show(index: number, timeMs: number): number {
    const bars = this.bars[index]!;
    const last = this.lastRow[index]!;
    const table = new BarTable(bars.symbol, bars.timeframe);
    for (let row = Math.max(0, last + 1 - rowsKept); row <= last; row++) {
      const { closeTimeMs, open, high, low, close, volume } = bars;
      table.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
    }
    const price = this.prices.priceOf(index, bars.close[last]!);
    table.append(timeMs, price, price, price, price, Infinity);
    this.shown[index] = table;
    return table.length - 1;
  }
}
