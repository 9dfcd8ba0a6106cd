import type { Bars } from "../domain/bars.ts";

/** What the venue takes for a fill. */
export interface CommissionModel {
  /** Commission in quote currency for `quantity` units (> 0) worth `notional`; never negative. */
  fee(quantity: number, notional: number, liquidity: "maker" | "taker"): number;
  /** The share of notional to set aside when sizing an order of `quantity` units, each worth `unitNotional`. */
  rate(quantity: number, unitNotional: number): number;
  /** Told of the time before a fill, where what is taken depends on it. */
  at?(timeMs: number): void;
  /** Told of every fill, worth `notional` in the account's currency, where what is taken depends on them. */
  traded?(notional: number): void;
}

/** What a position costs from one moment to another (not included, included), as a share of its value. */
export type RateBetween = (fromMs: number, toMs: number) => number;

/** At which moment of a bar something fills. */
export type Moment = "open" | "inside";

/** Half of the distance between bid and ask of a market, in units of its price; NaN where nobody quoted. */
export interface HalfSpread {
  /** In a bar that closes at `closeTimeMs`: at its open, or the wider one of open and close. */
  within(closeTimeMs: number, moment: Moment): number;
  /** The last one that was known at a close. */
  known(closeTimeMs: number): number;
}

/** How much worse than the bar's price a taking order fills. */
export interface SlippageModel {
  /** Adverse move as a fraction of the price, >= 0, for `quantity` units filled in row `row` of `bars`, at its open or (unless told) later. */
  fraction(bars: Bars, row: number, quantity: number, moment?: Moment): number;
  /** The fraction to set aside when sizing; must not look past `row`, the last closed bar. */
  rate(bars: Bars, row: number, quantity: number): number;
}
