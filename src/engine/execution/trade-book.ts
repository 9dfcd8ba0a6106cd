import type { Bars } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Ledger } from "../../domain/ledger.ts";
import { signOf, type Fill } from "../../domain/order.ts";
import type { Trade } from "../../domain/trade.ts";
import { TradeTable } from "./trade-table.ts";

/** One object per instrument serves all its trades, one after the other. */
type OpenTrade = {
  isOpen: boolean;
  side: 1 | -1;
  entryTimeMs: number;
  entryQuantity: number;
  /** What was paid at the entries, in base currency and at the traded prices. */
  entryValue: number;
  /** Mean price of what was entered, and of what has left. */
  entryPrice: number;
  exitQuantity: number;
  exitValue: number;
  exitPrice: number;
  /** What the ledger had made of the instrument before the trade. */
  realizedBefore: number;
  quantityMax: number;
  fees: number;
  charges: number;
  slippage: number;
  entryReason: string;
};

/** Turns fills into round trips: a trade runs from flat, or from a reversal, to flat or to the next reversal. */
export class TradeBook {
  private readonly table: TradeTable;
  private readonly open: readonly OpenTrade[];

  constructor(bars: readonly Bars[]) {
    this.table = new TradeTable(bars);
    this.open = bars.map(noTrade);
  }

  /** Every trade that has ended. To know how many there are, `count` is cheaper. */
  get closed(): readonly Trade[] {
    return this.table.all;
  }

  get count(): number {
    return this.table.length;
  }

  /** How many trades ended after one moment and not after another. */
  countWithin(afterMs: number, untilMs: number): number {
    return this.table.countWithin(afterMs, untilMs);
  }

  /** Takes a fill that moved the position from `before` to `after`. A reversal is split between both trades. */
  record(fill: Fill, before: number, after: number, ledger: Ledger, reason: string): void {
    const opened = before === 0 || Math.sign(before) === signOf(fill.side) ? fill.quantity : Math.abs(after);
    const isReversal = before !== 0 && after !== 0 && Math.sign(before) !== Math.sign(after);
    const closedShare = isReversal
      ? Math.abs(before) / fill.quantity
      : before !== 0 && Math.sign(before) !== signOf(fill.side)
        ? 1
        : 0;
    if (closedShare > 0) this.exit(fill, closedShare, ledger, after === 0 || isReversal, reason);
    if (closedShare === 0 || isReversal)
      this.enter(fill, isReversal ? opened : fill.quantity, 1 - closedShare, after, ledger, reason);
  }

  /** Adds a financing charge to the open trade of an instrument. */
  charge(instrument: InstrumentIndex, amount: number): void {
    const trade = this.open[instrument];
    if (trade?.isOpen === true) trade.charges += amount;
  }

  /** Counts the open trade of an instrument in the shares after a split: what was paid for them stays. */
  split(instrument: InstrumentIndex, ratio: number, timeMs: number): void {
    const trade = this.open[instrument];
    if (trade?.isOpen !== true) return;
    trade.entryQuantity *= ratio;
    trade.exitQuantity *= ratio;
    trade.quantityMax *= ratio;
    trade.entryPrice /= ratio;
    trade.exitPrice /= ratio;
    this.table.split(instrument, ratio, timeMs);
  }

  private enter(
    fill: Fill,
    quantity: number,
    share: number,
    after: number,
    ledger: Ledger,
    reason: string,
  ): void {
    const trade = this.open[fill.instrument]!;
    if (!trade.isOpen) {
      trade.isOpen = true;
      trade.side = signOf(fill.side);
      trade.entryTimeMs = fill.timeMs;
      trade.entryQuantity = 0;
      trade.entryValue = 0;
      trade.exitQuantity = 0;
      trade.exitValue = 0;
      trade.entryPrice = 0;
      trade.exitPrice = 0;
      trade.realizedBefore = ledger.realizedBy[fill.instrument]!;
      trade.quantityMax = 0;
      trade.fees = 0;
      trade.charges = 0;
      trade.slippage = 0;
      trade.entryReason = reason;
    }
    trade.entryQuantity += quantity;
    trade.entryValue += quantity * ledger.unitValue(fill.instrument, fill.price);
    trade.entryPrice += (fill.price - trade.entryPrice) * (quantity / trade.entryQuantity);
    trade.quantityMax = Math.max(trade.quantityMax, Math.abs(after));
    trade.fees += fill.fee * ledger.feeRate(fill) * share;
    trade.slippage += fill.slippageCost * ledger.rateAt(fill.instrument, fill.price) * share;
  }

  private exit(fill: Fill, share: number, ledger: Ledger, isClosed: boolean, reason: string): void {
    const trade = this.open[fill.instrument]!;
    const quantity = fill.quantity * share;
    trade.exitQuantity += quantity;
    trade.exitValue += quantity * ledger.unitValue(fill.instrument, fill.price);
    trade.exitPrice += (fill.price - trade.exitPrice) * (quantity / trade.exitQuantity);
    trade.fees += fill.fee * ledger.feeRate(fill) * share;
    trade.slippage += fill.slippageCost * ledger.rateAt(fill.instrument, fill.price) * share;
    if (!isClosed) return;
    trade.isOpen = false;
    this.finish(fill, trade, ledger, reason);
  }

  private finish(fill: Fill, trade: OpenTrade, ledger: Ledger, exitReason: string): void {
    const { entryPrice, exitPrice } = trade;
    // Where only profit is money, each part was converted when it arose: the ledger knows the sum.
    const gross = ledger.isPaid(fill.instrument)
      ? trade.side * (trade.exitValue - trade.entryValue)
      : ledger.realizedBy[fill.instrument]! - trade.realizedBefore;
    const pnl = gross - trade.fees - trade.charges;
    this.table.add(fill.instrument, trade, fill.timeMs, entryPrice, exitPrice, pnl, exitReason);
  }
}

function noTrade(): OpenTrade {
  return {
    isOpen: false,
    side: 1,
    // Fractions, so that the engine keeps these fields as doubles from the start and writes them in place.
    entryTimeMs: 0.5,
    entryQuantity: 0.5,
    entryValue: 0.5,
    exitQuantity: 0.5,
    exitValue: 0.5,
    entryPrice: 0.5,
    exitPrice: 0.5,
    realizedBefore: 0.5,
    quantityMax: 0.5,
    fees: 0.5,
    charges: 0.5,
    slippage: 0.5,
    entryReason: "",
  };
}
