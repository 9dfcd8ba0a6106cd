import type { InstrumentIndex } from "./instrument.ts";

/** One holding as strategies and risk rules may see it. */
export type Position = {
  /** Index of the symbol in the run. */
  readonly instrument: InstrumentIndex;
  /** Signed: negative is short. */
  readonly quantity: number;
  /** Average price of the open quantity; 0 when flat. */
  readonly averagePrice: number;
  /** Last close; NaN before the first bar. */
  readonly lastPrice: number;
  /** Profit of what was closed so far, fees not taken off, in base currency. */
  readonly realizedPnl: number;
  /** Fees of all fills so far, in base currency. */
  readonly feesPaid: number;
};

/** Read-only view of the account. Money is in the base currency. */
export interface PortfolioView {
  readonly cash: number;
  readonly equity: number;
  /** Sum of |position value|. */
  readonly grossExposure: number;
  position(instrument: InstrumentIndex): Position;
  /** Value of one unit of `instrument` at `price`, in base currency. */
  unitValue(instrument: InstrumentIndex, price: number): number;
}
