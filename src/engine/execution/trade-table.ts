import { InternedTexts } from "../../base/interned-texts.ts";
import type { Bars } from "../../domain/bars.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Trade } from "../../domain/trade.ts";

/** Numbers of a row: instrument, side, entry and exit time, entry and exit price, quantity, profit, entry value, fees, slippage. */
const width = 11;
const exitTime = 3;
/** Who writes texts: entries say why, and so do exits. */
const entries = 0;
const exits = 1;

/** What is known of a trade when it closes. */
export type ClosedTrade = {
  readonly side: 1 | -1;
  readonly entryTimeMs: number;
  readonly entryValue: number;
  readonly quantityMax: number;
  readonly fees: number;
  readonly slippage: number;
  readonly entryReason: string;
};

/** New shares for one old, and the close of the first bar in new prices. */
type Split = { readonly instrument: InstrumentIndex; readonly ratio: number; readonly timeMs: number };

/**
 * Closed trades as rows of numbers, in the order of their exits. Most runs of a search are never asked for them one by
 * one: a `Trade`, and what the price did while it was open, is made when somebody looks.
 */
export class TradeTable {
  length = 0;
  private numbers = new Float64Array(32 * width);
  private readonly reasons = new InternedTexts(2);
  private reasonCodes = new Int32Array(32 * 2);
  private readonly seen: Trade[] = [];
  private readonly bars: readonly Bars[];
  /** Splits that open trades lived through, oldest first. */
  private readonly splits: Split[] = [];
  /** Row of the last entry that was looked up, by instrument: where the search for the next one starts. */
  private readonly lastRow: Int32Array;

  constructor(bars: readonly Bars[]) {
    this.bars = bars;
    this.lastRow = new Int32Array(bars.length);
  }

  /** All trades. The array is the same every time, and grows. */
  get all(): readonly Trade[] {
    for (let row = this.seen.length; row < this.length; row++) this.seen.push(this.at(row));
    return this.seen;
  }

  /** How many trades ended after one moment and not after another. */
  countWithin(afterMs: number, untilMs: number): number {
    return this.endedBy(untilMs) - this.endedBy(afterMs);
  }

  /** Learns of a split: trades that end after it are counted in new shares. */
  split(instrument: InstrumentIndex, ratio: number, timeMs: number): void {
    this.splits.push({ instrument, ratio, timeMs });
  }

  /** Appends a trade that has just ended. */
  add(
    instrument: InstrumentIndex,
    trade: ClosedTrade,
    exitTimeMs: number,
    entryPrice: number,
    exitPrice: number,
    pnl: number,
    exitReason: string,
  ): void {
    const at = this.length * width;
    if (at === this.numbers.length) this.grow();
    const { numbers } = this;
    numbers[at] = instrument;
    numbers[at + 1] = trade.side;
    numbers[at + 2] = trade.entryTimeMs;
    numbers[at + exitTime] = exitTimeMs;
    numbers[at + 4] = entryPrice;
    numbers[at + 5] = exitPrice;
    numbers[at + 6] = trade.quantityMax;
    numbers[at + 7] = pnl;
    numbers[at + 8] = trade.entryValue;
    numbers[at + 9] = trade.fees;
    numbers[at + 10] = trade.slippage;
    const { reasons, reasonCodes } = this;
    reasonCodes[2 * this.length] = reasons.add(trade.entryReason, entries);
    reasonCodes[2 * this.length + 1] = reasons.add(exitReason, exits);
    this.length += 1;
  }

  private at(row: number): Trade {
    const { numbers } = this;
    const from = row * width;
    const instrument = numbers[from]! as InstrumentIndex;
    const side = numbers[from + 1] === 1 ? "long" : "short";
    const entryTimeMs = numbers[from + 2]!;
    const exitTimeMs = numbers[from + exitTime]!;
    const entryPrice = numbers[from + 4]!;
    const exitPrice = numbers[from + 5]!;
    const pnl = numbers[from + 7]!;
    const bars = this.bars[instrument]!;
    const entryRow = rowAt(bars, entryTimeMs, this.lastRow[instrument]!);
    const exitRow = rowAt(bars, exitTimeMs, entryRow);
    this.lastRow[instrument] = entryRow;
    const splits = this.splits.filter(
      (split) => split.instrument === instrument && split.timeMs <= exitTimeMs,
    );
    const { mae, mfe } = excursions(bars, side, entryRow, exitRow, entryPrice, exitPrice, splits);
    return {
      instrument,
      side,
      entryTimeMs,
      exitTimeMs,
      entryPrice,
      exitPrice,
      quantity: numbers[from + 6]!,
      pnl,
      returnFraction: pnl / numbers[from + 8]!,
      feesPaid: numbers[from + 9]!,
      slippageCost: numbers[from + 10]!,
      mae,
      mfe,
      barsHeld: exitRow - entryRow,
      entryReason: this.reasons.at(this.reasonCodes[2 * row]!),
      exitReason: this.reasons.at(this.reasonCodes[2 * row + 1]!),
    };
  }

  private endedBy(timeMs: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.numbers[middle * width + exitTime]! <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    const larger = new Float64Array(this.numbers.length * 2);
    larger.set(this.numbers);
    this.numbers = larger;
    const codes = new Int32Array(this.reasonCodes.length * 2);
    codes.set(this.reasonCodes);
    this.reasonCodes = codes;
  }
}

/** Row of the bar in which something happened. Trades come in time order, so the search gallops from the one before. */
function rowAt({ closeTimeMs, length }: Bars, timeMs: number, from: number): number {
  let low = from;
  let span = 1;
  // Beyond the last bar there is no time that is smaller.
  while (closeTimeMs[low + span]! < timeMs) span *= 2;
  let high = Math.min(length, low + span);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (closeTimeMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * How far the price went against and for the trade while it was open. Fills are stamped with the close of their bar; of
 * the exit bar only the exit price counts, since what came after it is unknown. Prices before one of the `splits` are
 * turned into those of the last shares, in which both prices of the trade are.
 */
function excursions(
  bars: Bars,
  side: Trade["side"],
  from: number,
  to: number,
  entryPrice: number,
  exitPrice: number,
  splits: readonly Split[],
): Pick<Trade, "mae" | "mfe"> {
  let low = Math.min(entryPrice, exitPrice);
  let high = Math.max(entryPrice, exitPrice);
  for (let row = from; row < to; row++) {
    const shares = splits.length === 0 ? 1 : sharesAfter(splits, bars.closeTimeMs[row]!);
    low = Math.min(low, bars.low[row]! / shares);
    high = Math.max(high, bars.high[row]! / shares);
  }
  const down = (entryPrice - low) / entryPrice;
  const up = (high - entryPrice) / entryPrice;
  return side === "long" ? { mae: down, mfe: up } : { mae: up, mfe: down };
}

/** How many of the last shares one share of a moment has become. */
function sharesAfter(splits: readonly Split[], timeMs: number): number {
  return splits.reduce((shares, split) => (timeMs < split.timeMs ? shares * split.ratio : shares), 1);
}
