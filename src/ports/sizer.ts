import type { Instrument } from "../domain/instrument.ts";
import type { PortfolioView } from "../domain/portfolio.ts";
import type { MarketSlice } from "../domain/slice.ts";
import type { Signal } from "../domain/target.ts";

/** What a sizer knows about the moment. The object is reused: do not keep it. */
export type SizingContext = {
  readonly portfolio: PortfolioView;
  readonly instrument: Instrument;
  /** What the entry will cost: the close for a market entry, else the price that the entry waits for. */
  readonly price: number;
  /** Commission and slippage to set aside, as a share of notional. */
  readonly costRate: number;
};

/** Turns a signal's weight into a share of equity. */
export interface Sizer {
  /** Called for every decision slice before `weigh`, in time order: where a sizer follows volatility. */
  observe?(slice: MarketSlice): void;
  /** Signed share of equity to hold: 1 = all of it long. The engine turns it into a quantity. */
  weigh(signal: Signal, context: SizingContext): number;
  /** Signals that it gave nothing to, counted by reason: rows of the funnel. */
  readonly refusals?: ReadonlyMap<string, number>;
}
