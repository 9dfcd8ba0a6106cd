import type { Brand } from "../base/brand.ts";

/** Dense number of an instrument inside one run, 0 and up: the row of every per-instrument array. */
export type InstrumentIndex = Brand<number, "InstrumentIndex">;

/** What kind of thing is traded; decides nothing but what a person reads. */
export type AssetClass = "crypto" | "equity" | "forex" | "future" | "synthetic" | "unknown";

/** What may be traded, and in which steps. */
export type Instrument = {
  readonly index: InstrumentIndex;
  readonly symbol: string;
  readonly assetClass: AssetClass;
  /** Currency that prices are quoted in and profit arises in. */
  readonly quoteCurrency: string;
  /** Prices are multiples of this; 0 where nobody says of what: then no price is moved by what one could feel. */
  readonly tickSize: number;
  /** Quantities are multiples of this. */
  readonly lotSize: number;
  /** Smallest order value in quote currency; smaller orders are denied. */
  readonly notionalMin: number;
  /** Value of one unit at price 1. */
  readonly contractMultiplier: number;
  /** Name of its trading calendar: `24/7`, `24/5`, `us-equity` ... */
  readonly calendarName: string;
};
