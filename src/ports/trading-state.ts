/**
 * Whether orders may leave. `reducing`: only what makes a holding smaller, cancels and protection. `halted`: nothing but
 * cancels, and the closing of the account by the kill switch itself.
 */
export type TradingState = "active" | "reducing" | "halted";

/** The state of trading and what brought it about. */
export type TradingOrder = {
  readonly state: TradingState;
  /** Empty while active. */
  readonly reason: string;
};

/** Says whether orders may leave, at the moment it is asked; it costs microseconds. */
export type AskTradingState = () => TradingOrder;
