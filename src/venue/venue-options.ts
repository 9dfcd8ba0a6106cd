import type { CommissionModel, HalfSpread, RateBetween, SlippageModel } from "../ports/costs.ts";

/** The rules of one account at a simulated venue. Nothing is free unless a caller says so. */
export type VenueOptions = {
  /** A cash account is long only and spends what it has; a margin account may short and borrow up to `leverage`. */
  readonly accountKind: "cash" | "margin";
  /** Largest gross exposure of a margin account, in multiples of equity. */
  readonly leverage: number;
  /** Where equity falls below this share of gross exposure, the venue closes everything (a margin call). */
  readonly maintenanceMargin: number;
  readonly commission: CommissionModel;
  readonly slippage: SlippageModel;
  /** From submit, cancel or change until the venue acts on it. */
  readonly latencyMs: number;
  /** Largest share of a bar's volume that the account's orders may take; Infinity = no limit. */
  readonly volumeShareMax: number;
  /** Yearly fee on the value of short positions. */
  readonly borrowRate: number;
  /** Paid by longs to shorts (negative: the reverse) every eight hours, as perpetual futures do. */
  readonly fundingRate: number;
  /** By instrument, borrow fees and funding as they were, which stand in for the rates; undefined where they do not. */
  readonly borrowed?: readonly (RateBetween | undefined)[];
  readonly funded?: readonly (RateBetween | undefined)[];
  /** By instrument, how far bid and ask were from the prices of the bars; undefined where nobody quoted them. */
  readonly halfSpreads?: readonly (HalfSpread | undefined)[];
};

/** Whether holding can cost anything on an account. A cash account is never short, so it borrows nothing. */
export function costsToHold(options: VenueOptions): boolean {
  const { accountKind, borrowRate, borrowed } = options;
  return (accountKind === "margin" && (borrowRate !== 0 || borrowed !== undefined)) || hasFunding(options);
}

/** Whether a long position can cost anything, or earn. */
export function hasFunding({ fundingRate, funded }: VenueOptions): boolean {
  return fundingRate !== 0 || funded !== undefined;
}
