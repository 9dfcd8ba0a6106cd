import { assert } from "../base/assert.ts";
import { removeFrom } from "../base/remove-from.ts";
import type { Bars } from "./bars.ts";
import { isSameMoney, unknownCurrency, type Conversion } from "./currency.ts";
import type { Instrument, InstrumentIndex } from "./instrument.ts";
import { signOf, type Charge, type Fill, type Split } from "./order.ts";
import type { MarketSlice } from "./slice.ts";

/** What kind of account a ledger keeps, and in which money. */
export type LedgerAccount = {
  readonly kind: "cash" | "margin";
  readonly baseCurrency: string;
  /** Base currency per unit of another one, where somebody has said so. */
  readonly fixedRates?: Readonly<Record<string, number>>;
};

/**
 * Cash and holdings of one account: the arithmetic of booking, and nothing else. Our portfolio and the simulated
 * venue each keep one, so that each can be held against the other. Money is in the base currency. What is fully paid is
 * paid for at the rate of the day, and its currency is held with it. A contract, or anything on a margin account, is
 * not paid for: there only profit and loss arise in the quote currency, and these are converted, at the rate of the
 * moment. Where the rate never moves both are the same, and the first is booked.
 */
export class Ledger {
  // No number, so that the engine keeps it as a double from the start and writes it in place.
  cash = Number.NaN;
  realizedPnl = 0;
  feesPaid = 0;
  slippagePaid = 0;
  chargesPaid = 0;
  tradedNotional = 0;
  /** Per instrument, by index. */
  readonly quantity: Float64Array;
  readonly averagePrice: Float64Array;
  /** Average cost of one unit in base currency, at the rates of the day it was bought. */
  private readonly averageCost: Float64Array;
  readonly lastPrice: Float64Array;
  readonly realizedBy: Float64Array;
  readonly feesBy: Float64Array;
  /** Indices of the instruments that are held, in the order they were opened. */
  readonly held: number[] = [];
  private readonly multiplier: Float64Array;
  private readonly conversions: readonly Conversion[];
  /** Whether all is in base currency, one unit for one: no rate moves. */
  readonly isPlain: boolean;
  /** By instrument: whether only its profit and loss are money, and not its whole value. */
  private readonly isUnpaid: readonly boolean[];
  /** Closes of the last slices, through which currencies are converted: prices inside a bar move no rate. */
  private readonly ratePrice: Float64Array;
  private readonly instruments: readonly Instrument[];
  private readonly account: LedgerAccount;

  constructor(
    cash: number,
    instruments: readonly Instrument[],
    conversions: readonly Conversion[],
    account: LedgerAccount = { kind: "cash", baseCurrency: "USD" },
  ) {
    const count = instruments.length;
    this.cash = cash;
    this.quantity = new Float64Array(count);
    this.averagePrice = new Float64Array(count);
    this.averageCost = new Float64Array(count);
    this.lastPrice = new Float64Array(count).fill(Number.NaN);
    this.realizedBy = new Float64Array(count);
    this.feesBy = new Float64Array(count);
    this.multiplier = Float64Array.from(instruments, (instrument) => instrument.contractMultiplier);
    this.conversions = conversions;
    this.instruments = instruments;
    this.account = account;
    this.ratePrice = new Float64Array(count).fill(Number.NaN);
    this.isUnpaid = instruments.map(
      ({ index, contractMultiplier }) =>
        conversions[index]!.kind === "instrument" && (account.kind === "margin" || contractMultiplier !== 1),
    );
    this.isPlain =
      conversions.every((c) => c.kind === "fixed" && c.rate === 1) && this.multiplier.every((m) => m === 1);
  }

  /** Another ledger at the same prices and rates, with this cash and these holdings, by index; they were paid for at the rates of now. */
  withHoldings(
    cash: number,
    holdings: readonly { readonly quantity: number; readonly averagePrice: number }[],
  ): Ledger {
    const ledger = new Ledger(cash, this.instruments, this.conversions, this.account);
    ledger.lastPrice.set(this.lastPrice);
    ledger.ratePrice.set(this.ratePrice);
    for (const [index, { quantity, averagePrice }] of holdings.entries()) {
      ledger.quantity[index] = quantity;
      ledger.averagePrice[index] = averagePrice;
      if (quantity === 0) continue;
      ledger.held.push(index);
      ledger.averageCost[index] = this.unitValue(index, averagePrice);
    }
    return ledger;
  }

  /** Takes the closes of a slice as the present prices and rates. */
  mark(slice: MarketSlice, bars: readonly Bars[]): void {
    this.markPrices(slice, bars);
    this.markRates(slice);
  }

  /** Takes the closes of a slice as the present prices, while money is still converted at the rates before. */
  markPrices(slice: MarketSlice, bars: readonly Bars[]): void {
    const { count, instruments, rows } = slice;
    for (let k = 0; k < count; k++) {
      const index = instruments[k]!;
      this.lastPrice[index] = bars[index]!.close[rows[k]!]!;
    }
  }

  /** Takes one close as the present price and rate of its instrument. */
  markAt(index: number, close: number): void {
    this.lastPrice[index] = close;
    this.ratePrice[index] = close;
  }

  /** Lets the present prices of a slice be the rates, too. */
  markRates({ count, instruments }: MarketSlice): void {
    if (this.isPlain) return;
    for (let k = 0; k < count; k++) this.ratePrice[instruments[k]!] = this.lastPrice[instruments[k]!]!;
  }

  /** Base currency per unit of quote currency of an instrument, at the last closes; NaN before the first bar. */
  conversionRate(index: number): number {
    if (this.isPlain) return 1;
    const conversion = this.conversions[index]!;
    if (conversion.kind === "fixed") return conversion.rate;
    return rateOf(conversion, this.ratePrice[conversion.index]!);
  }

  /** The same at a moment when `price` is paid for it: a pair that converts itself does so at that very price. */
  rateAt(index: number, price: number): number {
    if (this.isPlain) return 1;
    const conversion = this.conversions[index]!;
    if (isOwnRate(conversion, index)) return rateOf(conversion, price);
    return this.conversionRate(index);
  }

  /**
   * The price that what is held is charged by, for a rate of `conversionRate`. A pair that is its own rate is worth the
   * same at every price: it is charged at the one that it is converted at.
   */
  chargedPrice(index: number): number {
    const isOwn = !this.isPlain && isOwnRate(this.conversions[index]!, index);
    return isOwn ? this.ratePrice[index]! : this.lastPrice[index]!;
  }

  /** Whether the instrument's whole value was paid for. Otherwise only profit and loss are money. */
  isPaid(index: number): boolean {
    return !this.isUnpaid[index]!;
  }

  /** Value of one unit at `price`, in base currency. */
  unitValue(index: number, price: number): number {
    if (this.isPlain) return price;
    return price * this.multiplier[index]! * this.rateAt(index, price);
  }

  /** Cash plus what the holdings are worth at their last prices. */
  equity(): number {
    let sum = this.cash;
    const { held, quantity, lastPrice, isPlain } = this;
    for (let k = 0; k < held.length; k++) {
      const index = held[k]!;
      sum += isPlain ? quantity[index]! * lastPrice[index]! : this.worth(index);
    }
    return sum;
  }

  /** What a holding adds to the cash at its last price, in base currency. */
  worth(index: number): number {
    const quantity = this.quantity[index]!;
    const price = this.lastPrice[index]!;
    return this.isUnpaid[index]!
      ? this.profitOf(index, quantity, price)
      : quantity * this.unitValue(index, price);
  }

  /** What `quantity` of a position has made at `price`, in base currency at the rate of the moment. */
  private profitOf(index: number, quantity: number, price: number): number {
    const perUnit = (price - this.averagePrice[index]!) * this.multiplier[index]!;
    return quantity * perUnit * this.rateAt(index, price);
  }

  /** What an instrument has made so far, realised and not, before fees and charges, in base currency. */
  profitBy(index: number): number {
    const quantity = this.quantity[index]!;
    if (quantity === 0) return this.realizedBy[index]!;
    const price = this.lastPrice[index]!;
    const open = this.isUnpaid[index]!
      ? this.profitOf(index, quantity, price)
      : quantity * (this.unitValue(index, price) - this.averageCost[index]!);
    return this.realizedBy[index]! + open;
  }

  /** Writes the equity at each of the closes of instrument 0 in rows `from` to `to - 1` into `target`, from `at` on. */
  equityPath(close: Float64Array, from: number, to: number, target: Float64Array, at: number): void {
    if (this.held.length === 0) {
      const { cash } = this;
      // Most stretches are a few bars: to call `fill` costs more than they do.
      for (let k = at; k < at + to - from; k++) target[k] = cash;
      if (to > from) this.markAt(0, close[to - 1]!);
      return;
    }
    const { cash, lastPrice } = this;
    const quantity = this.quantity[0]!;
    if (!this.isPlain) return this.convertedPath(close, from, to, target, at);
    for (let row = from; row < to; row++) {
      // The same operations in the same order as in equity(), so that the last bit is the same too.
      lastPrice[0] = close[row]!;
      target[at + row - from] = cash + quantity * this.unitValue(0, close[row]!);
    }
  }

  private convertedPath(
    close: Float64Array,
    from: number,
    to: number,
    target: Float64Array,
    at: number,
  ): void {
    for (let row = from; row < to; row++) {
      this.markAt(0, close[row]!);
      target[at + row - from] = this.equity();
    }
  }

  /** Sum of |value| over the holdings. */
  grossExposure(): number {
    let sum = 0;
    for (const index of this.held)
      sum += Math.abs(this.quantity[index]!) * this.unitValue(index, this.lastPrice[index]!);
    return sum;
  }

  /** Books a fill. Crossing zero closes the old position and opens the new one at the fill price. */
  book(fill: Fill): void {
    assert(fill.quantity > 0 && Number.isFinite(fill.quantity), "a fill has a positive quantity");
    assert(Number.isFinite(fill.price), "a fill has a price");
    const index = fill.instrument;
    const signed = signOf(fill.side) * fill.quantity;
    const before = this.quantity[index]!;
    const after = snapToZero(before + signed, before);
    // Until the first close of another currency is known its own fill price must serve.
    if (Number.isNaN(this.lastPrice[index]!)) this.lastPrice[index] = fill.price;
    if (Number.isNaN(this.ratePrice[index]!)) this.ratePrice[index] = fill.price;
    const realizedBefore = this.realizedPnl;
    if (before === 0 || Math.sign(before) === Math.sign(signed)) this.enlarge(fill, signed);
    else this.reduce(fill, signed, after);
    this.quantity[index] = after;
    this.updateHeld(index, before, after);
    const value = this.unitValue(index, fill.price);
    const fee = fill.fee * this.feeRate(fill);
    if (this.isUnpaid[index]!) this.cash += this.realizedPnl - realizedBefore - fee;
    else this.cash -= signed * value + fee;
    this.feesPaid += fee;
    this.feesBy[index]! += fee;
    this.slippagePaid += fill.slippageCost * this.rateAt(index, fill.price);
    this.tradedNotional += fill.quantity * value;
  }

  /** Base currency per unit of the currency in which a fill's fee was taken. Throws `CURRENCY_UNKNOWN`. */
  feeRate({ instrument, price, feeCurrency }: Fill): number {
    if (this.isPlain && feeCurrency === undefined) return 1;
    if (feeCurrency === undefined) return this.rateAt(instrument, price);
    const rate = this.rateOfMoney(feeCurrency, instrument, price);
    if (rate === null) throw unknownCurrency(feeCurrency, this.account.baseCurrency, "a fee was taken in it");
    return rate;
  }

  /** Base currency per unit of a currency that came up in trading an instrument at `price`; null where nothing tells it. */
  rateOfMoney(currency: string, instrument: InstrumentIndex, price: number): number | null {
    const own = this.instruments[instrument]!;
    const { baseCurrency, fixedRates } = this.account;
    if (isSameMoney(currency, own.quoteCurrency)) return this.rateAt(instrument, price);
    if (isSameMoney(currency, baseCurrency)) return 1;
    const told = fixedRates?.[currency];
    if (told !== undefined) return told;
    // Venues of spot markets take the fee of a purchase in what was bought.
    if (isPair(own, currency)) return price * this.rateAt(instrument, price);
    for (const other of this.instruments) {
      if (isSameMoney(other.quoteCurrency, currency)) return this.conversionRate(other.index);
      if (!isPair(other, currency)) continue;
      // Where no rate moves none is kept.
      const value = this.unitValue(
        other.index,
        (this.isPlain ? this.lastPrice : this.ratePrice)[other.index]!,
      );
      return Number.isNaN(value) ? null : value;
    }
    return null;
  }

  /** Books funding, borrow fees and interest, which are costs; dividends and splits, which are none. */
  charge(charge: Charge): void {
    const amount = charge.amount * this.conversionRate(charge.instrument);
    this.cash -= amount;
    if (charge.split !== undefined) this.split(charge.instrument, charge.split);
    else if (charge.kind !== "dividend") this.chargesPaid += amount;
  }

  /** More shares at a lower price, or fewer at a higher one: what they cost together stays. */
  private split(index: number, { ratio, quantityAfter }: Split): void {
    const before = this.quantity[index]!;
    assert(Math.sign(quantityAfter) === Math.sign(before), "a split leaves a holding on its side");
    this.quantity[index] = quantityAfter;
    this.averagePrice[index]! /= ratio;
    this.averageCost[index]! /= ratio;
    this.lastPrice[index]! /= ratio;
  }

  private enlarge({ instrument: index, price }: Fill, signed: number): void {
    const before = this.quantity[index]!;
    const share = before === 0 ? 1 : signed / (before + signed);
    this.averagePrice[index]! += (price - this.averagePrice[index]!) * share;
    this.averageCost[index]! += (this.unitValue(index, price) - this.averageCost[index]!) * share;
  }

  private reduce({ instrument: index, price }: Fill, signed: number, after: number): void {
    const before = this.quantity[index]!;
    const closed = Math.min(Math.abs(signed), Math.abs(before)) * Math.sign(before);
    const value = this.unitValue(index, price);
    const pnl = this.isUnpaid[index]!
      ? this.profitOf(index, closed, price)
      : closed * (value - this.averageCost[index]!);
    this.realizedPnl += pnl;
    this.realizedBy[index]! += pnl;
    if (after !== 0 && Math.sign(after) === Math.sign(before)) return;
    this.averagePrice[index] = after === 0 ? 0 : price;
    this.averageCost[index] = after === 0 ? 0 : value;
  }

  private updateHeld(index: number, before: number, after: number): void {
    if (before === 0 && after !== 0) this.held.push(index);
    else if (before !== 0 && after === 0) removeFrom(this.held, index);
  }
}

/** Whether an instrument is a currency in its own money. */
function isPair({ symbol, quoteCurrency }: Instrument, currency: string): boolean {
  return symbol.startsWith(currency) && isSameMoney(symbol.slice(currency.length), quoteCurrency);
}

function isOwnRate(
  conversion: Conversion,
  index: number,
): conversion is Extract<Conversion, { kind: "instrument" }> {
  return conversion.kind === "instrument" && conversion.index === index;
}

function rateOf({ isInverse }: { readonly isInverse: boolean }, price: number): number {
  return isInverse ? 1 / price : price;
}

/** Selling 0.3 out of 0.1 + 0.2 leaves 5.6e-17, which is nothing: lots are far larger than rounding errors. */
function snapToZero(after: number, before: number): number {
  return Math.abs(after) <= Math.abs(before) * 1e-12 ? 0 : after;
}
