import { roundToTick } from "../base/numbers.ts";
import type { InstrumentIndex } from "./instrument.ts";
import type { TimeInForce, Trail } from "./order.ts";

/** How long an entry is tried; good till canceled when nothing is said. What its own terms end is not tried again. */
export type EntryLife = {
  readonly timeInForce?: TimeInForce;
  /** When a `gtd` entry ends, UTC milliseconds. */
  readonly expireTimeMs?: number;
};

/** How to get into a position: at market, or waiting for a price. `postOnly` is canceled rather than take liquidity. */
export type Entry = EntryLife &
  (
    | { readonly kind: "market" }
    | { readonly kind: "limit"; readonly price: number; readonly postOnly?: boolean }
    | { readonly kind: "stop"; readonly price: number }
  );

/** Prices that close the position for it: the stop-loss, the take-profit, a trailing stop. */
export type Protection = {
  /** Closes the position at market when the price has come here against it. */
  readonly stopPrice?: number;
  /** Closes it when the price has come here in its favour. */
  readonly takeProfitPrice?: number;
  /** A stop that follows the price at this distance and never goes back. */
  readonly trail?: Trail;
};

/** No stop, no target. */
export const unprotected: Protection = {};

/** The same levels in prices that are multiplied by `factor`. */
export function scaledProtection(protection: Protection, factor: number): Protection {
  if (protection === unprotected || factor === 1) return protection;
  const { stopPrice, takeProfitPrice, trail } = protection;
  return {
    ...(stopPrice === undefined ? {} : { stopPrice: stopPrice * factor }),
    ...(takeProfitPrice === undefined ? {} : { takeProfitPrice: takeProfitPrice * factor }),
    ...(trail === undefined
      ? {}
      : { trail: trail.kind === "amount" ? { kind: "amount", amount: trail.amount * factor } : trail }),
  };
}

/** The same levels in whole ticks. */
export function onTick(protection: Protection, tickSize: number): Protection {
  if (protection === unprotected) return protection;
  const { stopPrice, takeProfitPrice, ...rest } = protection;
  return {
    ...rest,
    ...(stopPrice === undefined ? {} : { stopPrice: roundToTick(stopPrice, tickSize) }),
    ...(takeProfitPrice === undefined ? {} : { takeProfitPrice: roundToTick(takeProfitPrice, tickSize) }),
  };
}

/** A signal whose prices are multiplied by `factor`. */
export function scaledSignal(signal: Signal, factor: number): Signal {
  if (factor === 1) return signal;
  const { entry, protection } = signal;
  return {
    ...signal,
    entry: entry.kind === "market" ? entry : { ...entry, price: entry.price * factor },
    protection: scaledProtection(protection, factor),
  };
}

/** What a strategy wants to hold in one instrument, and why. Wanting the same again changes nothing. */
export type Signal = {
  readonly instrument: InstrumentIndex;
  /** Share of what the sizer allots: 1 fully long, 0 flat, -1 fully short. */
  readonly weight: number;
  readonly reason: string;
  readonly entry: Entry;
  readonly protection: Protection;
  /** Another strategy has taken over: levels of the present position that are not named again are withdrawn. */
  readonly replacesProtection?: true;
};

/** A sized signal: the holdings that the account should have. */
export type Target = Signal & {
  /** Signed quantity, a multiple of the lot size. */
  readonly quantity: number;
  /** Share of equity that `quantity` was computed from; what a fill-time sizing uses. */
  readonly equityWeight: number;
};
