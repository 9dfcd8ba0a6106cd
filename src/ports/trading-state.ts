/**
 * Whether orders may leave. `reducing`: only what makes a holding smaller, cancels and protection. `halted`: nothing but
 * cancels, and the closing of the account by the kill switch itself.
 */
export type TradingState = {
  readonly state: "active" | "reducing" | "halted";
  /** Why it is not active; empty while it is. */
  readonly reason: string;
};
