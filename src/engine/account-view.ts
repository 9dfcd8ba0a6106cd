import { KiwiError } from "../base/errors.ts";
import type { Instrument, InstrumentIndex } from "../domain/instrument.ts";
import type { Position } from "../domain/portfolio.ts";
import type { Portfolio } from "./execution/portfolio.ts";

/** The account as strategies may see it: money, and every holding by its symbol. */
export class AccountView {
  readonly openPositionsMax: number;
  /** The instruments of the run, by index. */
  readonly instruments: readonly Instrument[];
  readonly #portfolio: Portfolio;
  readonly #indices: ReadonlyMap<string, Instrument>;

  constructor(portfolio: Portfolio, instruments: readonly Instrument[], openPositionsMax = Infinity) {
    this.#portfolio = portfolio;
    this.instruments = instruments;
    this.openPositionsMax = openPositionsMax;
    this.#indices = new Map(instruments.map((instrument) => [instrument.symbol, instrument]));
  }

  get equity(): number {
    return this.#portfolio.ledger.equity();
  }

  get cash(): number {
    return this.#portfolio.cash;
  }

  get openPositions(): number {
    return this.#portfolio.ledger.held.length;
  }

  /** Indices of what is held. */
  get held(): readonly number[] {
    return this.#portfolio.ledger.held;
  }

  /** The instrument of a symbol. Throws `SYMBOL_UNKNOWN`. */
  instrumentOf(symbol: string): Instrument {
    const instrument = this.#indices.get(symbol);
    if (instrument === undefined) throw unknownSymbol(symbol, this.instruments);
    return instrument;
  }

  /** The holding in an instrument. */
  positionAt(instrument: InstrumentIndex): Position {
    return this.#portfolio.position(instrument);
  }

  /** The holding in a symbol. Throws `SYMBOL_UNKNOWN`. */
  positionOf(symbol: string): Position {
    return this.positionAt(this.instrumentOf(symbol).index);
  }

  /** Value of so many units of an instrument at a price, in base currency. */
  valueOf(instrument: InstrumentIndex, quantity: number, price: number): number {
    return quantity * this.#portfolio.unitValue(instrument, price);
  }

  /** Value of the holding in a symbol over equity, signed. Throws `SYMBOL_UNKNOWN`. */
  shareOf(symbol: string): number {
    const { index } = this.instrumentOf(symbol);
    const { quantity, lastPrice } = this.#portfolio.position(index);
    return quantity === 0 ? 0 : (quantity * this.#portfolio.unitValue(index, lastPrice)) / this.equity;
  }
}

/** `SYMBOL_UNKNOWN`: a strategy speaks of a symbol that the run does not have. */
export function unknownSymbol(symbol: string, instruments: readonly Instrument[]): KiwiError {
  const known = instruments.slice(0, 12).map((instrument) => instrument.symbol);
  const more = instruments.length > 12 ? ` ... (${instruments.length})` : "";
  return new KiwiError({
    code: "SYMBOL_UNKNOWN",
    exit: "data",
    message: `the strategy reads ${symbol}, and the run has no bars of it`,
    why: `this run has ${known.join(", ")}${more}`,
    fix: `add --data <file of ${symbol}>, or --with <file of ${symbol}> if it is read and never traded`,
    topic: "data",
  });
}
