import type { Bars } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Ledger } from "../../domain/ledger.ts";
import type { Charge, Fill } from "../../domain/order.ts";
import type { PortfolioView, Position } from "../../domain/portfolio.ts";
import type { MarketSlice } from "../../domain/slice.ts";
import type { TradeBook } from "./trade-book.ts";

/** Our own account: the ledger, the trades it makes, and the value it had at the last slice. */
export class Portfolio implements PortfolioView {
  readonly ledger: Ledger;
  readonly trades: TradeBook;
  /** Equity when it was last marked: at the last close, or after the last fill. */
  equity = Number.NaN;
  /** Whose closes value the holdings, by instrument. */
  readonly bars: readonly Bars[];
  private readonly views: readonly PositionView[];

  constructor(ledger: Ledger, trades: TradeBook, bars: readonly Bars[]) {
    this.ledger = ledger;
    this.trades = trades;
    this.bars = bars;
    this.equity = ledger.cash;
    this.views = bars.map((_, index) => new PositionView(ledger, index));
  }

  get cash(): number {
    return this.ledger.cash;
  }

  get grossExposure(): number {
    return this.ledger.grossExposure();
  }

  position(instrument: InstrumentIndex): Position {
    return this.views[instrument]!;
  }

  unitValue(instrument: InstrumentIndex, price: number): number {
    return this.ledger.unitValue(instrument, price);
  }

  /** Values the holdings at the closes of a slice. */
  mark(slice: MarketSlice): void {
    this.ledger.mark(slice, this.bars);
    this.equity = this.ledger.equity();
  }

  /** Books a fill and lets the trade book see it. `reason` is the order's. */
  book(fill: Fill, reason: string): void {
    const before = this.ledger.quantity[fill.instrument]!;
    this.ledger.book(fill);
    this.trades.record(fill, before, this.ledger.quantity[fill.instrument]!, this.ledger, reason);
  }

  /** Books a financing charge. */
  charge(charge: Charge): void {
    this.ledger.charge(charge);
    const { instrument, amount, split, timeMs } = charge;
    this.trades.charge(instrument, amount * this.ledger.conversionRate(instrument));
    if (split !== undefined) this.trades.split(instrument, split.ratio, timeMs);
  }
}

/** A window on one row of the ledger: strategies read it every bar, so it must cost nothing to make. */
class PositionView implements Position {
  readonly #ledger: Ledger;
  readonly instrument: InstrumentIndex;

  constructor(ledger: Ledger, index: number) {
    this.#ledger = ledger;
    this.instrument = index as InstrumentIndex;
  }
  get quantity(): number {
    return this.#ledger.quantity[this.instrument]!;
  }
  get averagePrice(): number {
    return this.#ledger.averagePrice[this.instrument]!;
  }
  get lastPrice(): number {
    return this.#ledger.lastPrice[this.instrument]!;
  }
  get realizedPnl(): number {
    return this.#ledger.realizedBy[this.instrument]!;
  }
  get feesPaid(): number {
    return this.#ledger.feesBy[this.instrument]!;
  }
}
