import type { Instrument, InstrumentIndex } from "../domain/instrument.ts";
import type { OrderRequest } from "../domain/order.ts";
import type { PortfolioView } from "../domain/portfolio.ts";
import type { MarketSlice } from "../domain/slice.ts";

/** A rule's answer to an order; `limit` and `value` are what the decision record shows. */
export type RiskVerdict =
  | { readonly kind: "approve" }
  | {
      readonly kind: "refuse";
      readonly reason: string;
      readonly limit: number;
      readonly value: number;
      /** How many units of the order would keep to the limit: that much passes. Left out: nothing does. */
      readonly quantityMax?: number;
    };

/** A rule's answer to the state of things: carry on, open nothing new, or also close what is open. */
export type RiskAlarm =
  | { readonly kind: "clear" }
  | {
      readonly kind: "pause" | "flatten";
      readonly reason: string;
      readonly limit: number;
      readonly value: number;
    };

/** What a rule knows about an order. The object is reused: do not keep it. */
export type RiskContext = {
  readonly portfolio: PortfolioView;
  readonly instrument: Instrument;
  readonly timeMs: number;
  /** Price that the order would fill near, in quote currency. */
  readonly price: number;
  /** Position after the order and everything on its way that could fill with it, signed. */
  readonly quantityAfter: number;
  /** Close time of the instrument's last bar. */
  readonly lastBarTimeMs: number;
  /** Sum of |position value| after the order, everything on its way and everything approved at this instant. */
  readonly grossAfter: number;
  /** How many orders and changes go at this instant before this one: `passed` is told of them after the last. */
  readonly ordersBefore: number;
  /** Every instrument that is held, ordered, or about to be. */
  inPlay(): readonly InstrumentIndex[];
  /** Signed quantity of an instrument after everything on its way and everything approved at this instant. */
  quantityAfterOf(instrument: InstrumentIndex): number;
};

/** One limit. Orders that only reduce a position never reach `check`: the gate lets them pass. */
export interface RiskRule {
  /** Called on every slice after the account is marked, before anything is decided. */
  observe?(slice: MarketSlice, portfolio: PortfolioView): RiskAlarm;
  check?(order: OrderRequest, context: RiskContext): RiskVerdict;
  /** Told of every order that goes, and of every change of one, those that only reduce too. */
  passed?(order: OrderRequest, timeMs: number): void;
}

/** The answer of a rule that has nothing against an order. */
export const approve: RiskVerdict = { kind: "approve" };

/** The answer of a rule that has nothing against the state of things. */
export const clear: RiskAlarm = { kind: "clear" };

/**
 * Whether orders may leave. `reducing`: only what makes a holding smaller, cancels and protection. `halted`: nothing but
 * cancels, and the closing of the account by the kill switch itself.
 */
export type TradingState = {
  readonly state: "active" | "reducing" | "halted";
  /** Why it is not active; empty while it is. */
  readonly reason: string;
};
