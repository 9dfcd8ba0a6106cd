import type { Bars } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Ledger } from "../../domain/ledger.ts";
import { signOf, type Fill } from "../../domain/order.ts";
import type { Trade } from "../../domain/trade.ts";

/** One object per instrument serves all its trades, one after the other. */
type OpenTrade = {
  isOpen: boolean;
  side: 1 | -1;
  entryTimeMs: number;
  entryRow: number;
  entryQuantity: number;
  /** What was paid at the entries, in base currency and at the traded prices. */
  entryValue: number;
  entryNotional: number;
  exitQuantity: number;
  exitValue: number;
  exitNotional: number;
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
  readonly closed: Trade[] = [];
  private readonly open: readonly OpenTrade[];
  private readonly bars: readonly Bars[];
  /** Row of the last fill of each instrument: where the search for the next one starts. */
  private readonly lastRow: Int32Array;

  constructor(bars: readonly Bars[]) {
    this.bars = bars;
    this.lastRow = new Int32Array(bars.length);
    this.open = bars.map(noTrade);
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
      trade.entryRow = this.rowOf(fill);
      trade.entryQuantity = 0;
      trade.entryValue = 0;
      trade.exitQuantity = 0;
      trade.exitValue = 0;
      trade.entryNotional = 0;
      trade.exitNotional = 0;
      trade.realizedBefore = ledger.realizedBy[fill.instrument]!;
      trade.quantityMax = 0;
      trade.fees = 0;
      trade.charges = 0;
      trade.slippage = 0;
      trade.entryReason = reason;
    }
    trade.entryQuantity += quantity;
    trade.entryValue += quantity * ledger.unitValue(fill.instrument, fill.price);
    trade.entryNotional += quantity * fill.price;
    trade.quantityMax = Math.max(trade.quantityMax, Math.abs(after));
    trade.fees += fill.fee * ledger.feeRate(fill) * share;
    trade.slippage += fill.slippageCost * ledger.conversionRate(fill.instrument) * share;
  }

  private exit(fill: Fill, share: number, ledger: Ledger, isClosed: boolean, reason: string): void {
    const trade = this.open[fill.instrument]!;
    const quantity = fill.quantity * share;
    trade.exitQuantity += quantity;
    trade.exitValue += quantity * ledger.unitValue(fill.instrument, fill.price);
    trade.exitNotional += quantity * fill.price;
    trade.fees += fill.fee * ledger.feeRate(fill) * share;
    trade.slippage += fill.slippageCost * ledger.conversionRate(fill.instrument) * share;
    if (!isClosed) return;
    trade.isOpen = false;
    this.closed.push(this.finish(fill, trade, ledger, reason));
  }

  /** Row of the bar that a fill happened in. Fills come in time order, so the search gallops from the last one. */
  private rowOf(fill: Fill): number {
    const { closeTimeMs, length } = this.bars[fill.instrument]!;
    let low = this.lastRow[fill.instrument]!;
    let span = 1;
    while (low + span < length && closeTimeMs[low + span]! < fill.timeMs) span *= 2;
    let high = Math.min(length, low + span);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (closeTimeMs[middle]! < fill.timeMs) low = middle + 1;
      else high = middle;
    }
    this.lastRow[fill.instrument] = low;
    return low;
  }

  private finish(fill: Fill, trade: OpenTrade, ledger: Ledger, exitReason: string): Trade {
    const entryPrice = trade.entryNotional / trade.entryQuantity;
    const exitPrice = trade.exitNotional / trade.exitQuantity;
    // Where only profit is money, each part was converted when it arose: the ledger knows the sum.
    const gross = ledger.isPaid(fill.instrument)
      ? trade.side * (trade.exitValue - trade.entryValue)
      : ledger.realizedBy[fill.instrument]! - trade.realizedBefore;
    const pnl = gross - trade.fees - trade.charges;
    const { mae, mfe, barsHeld } = excursions(
      this.bars[fill.instrument]!,
      trade,
      this.rowOf(fill),
      entryPrice,
      exitPrice,
    );
    return {
      instrument: fill.instrument,
      side: trade.side === 1 ? "long" : "short",
      entryTimeMs: trade.entryTimeMs,
      exitTimeMs: fill.timeMs,
      entryPrice,
      exitPrice,
      quantity: trade.quantityMax,
      pnl,
      returnFraction: pnl / trade.entryValue,
      feesPaid: trade.fees,
      slippageCost: trade.slippage,
      mae,
      mfe,
      barsHeld,
      entryReason: trade.entryReason,
      exitReason,
    };
  }
}

/**
 * How far the price went against and for the trade while it was open, and over how many bars. Fills are stamped
 * with the close of their bar; of the exit bar only the exit price counts, since what came after it is unknown.
 */
function excursions(
  bars: Bars,
  trade: OpenTrade,
  to: number,
  entryPrice: number,
  exitPrice: number,
): { mae: number; mfe: number; barsHeld: number } {
  const from = trade.entryRow;
  let low = Math.min(entryPrice, exitPrice);
  let high = Math.max(entryPrice, exitPrice);
  for (let row = from; row < to; row++) {
    if (bars.low[row]! < low) low = bars.low[row]!;
    if (bars.high[row]! > high) high = bars.high[row]!;
  }
  const down = (entryPrice - low) / entryPrice;
  const up = (high - entryPrice) / entryPrice;
  return { mae: trade.side === 1 ? down : up, mfe: trade.side === 1 ? up : down, barsHeld: to - from };
}

function noTrade(): OpenTrade {
  return {
    isOpen: false,
    side: 1,
    // Fractions, so that the engine keeps these fields as doubles from the start and writes them in place.
    entryTimeMs: 0.5,
    entryRow: 0,
    entryQuantity: 0.5,
    entryValue: 0.5,
    exitQuantity: 0.5,
    exitValue: 0.5,
    entryNotional: 0.5,
    exitNotional: 0.5,
    realizedBefore: 0.5,
    quantityMax: 0.5,
    fees: 0.5,
    charges: 0.5,
    slippage: 0.5,
    entryReason: "",
  };
}
