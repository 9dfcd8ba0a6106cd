import type { CommissionModel, SlippageModel } from "../ports/costs.ts";

/** The rules of a simulated venue. Nothing is free unless a caller says so. */
export type VenueOptions = {
  /** A cash account is long only and spends what it has; a margin account may short and borrow up to `leverage`. */
  readonly accountKind: "cash" | "margin";
  /** Largest gross exposure of a margin account, in multiples of equity. */
  readonly leverage: number;
  /** Below this share of gross exposure, equity triggers a margin call: everything is closed at the next open. */
  readonly maintenanceMargin: number;
  readonly commission: CommissionModel;
  readonly slippage: SlippageModel;
  /** From submit or cancel until the venue acts on it. */
  readonly latencyMs: number;
  /** Largest share of a bar's volume that our orders may take; Infinity = no limit. */
  readonly volumeShareMax: number;
  /** Yearly fee on the value of short positions. */
  readonly borrowRate: number;
  /** Paid by longs to shorts (negative: the reverse) every eight hours, as perpetual futures do. */
  readonly fundingRate: number;
};
