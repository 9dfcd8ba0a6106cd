import type { VenueOptions } from "../../venue/venue-options.ts";

/** What somebody who trades at the exchange has. */
export type AccountOptions = {
  /** What a client signs in with. */
  readonly key: string;
  readonly secret: string;
  /** Money at the start, in `currency`. */
  readonly cash: number;
  readonly currency: string;
  readonly venue: VenueOptions;
  /** `arrival` refuses what the account cannot pay for; `fill` leaves that to the fill, as a backtest does. */
  readonly fundsChecked: "arrival" | "fill";
  readonly positionMode: "one-way" | "hedge";
  /** What is held before anything is sent: signed quantities at a price. */
  readonly holdings: readonly Holding[];
  /** Leverage left from before, by symbol; `venue.leverage` where nothing is said. */
  readonly leverageBySymbol: Readonly<Record<string, number>>;
  /** A key that may look and not trade. */
  readonly isReadOnly: boolean;
};

/** Something held from before. */
export type Holding = {
  readonly symbol: string;
  readonly leg: "net" | "long" | "short";
  readonly quantity: number;
  readonly price: number;
};

/** Rules of an account: what is not said is free of costs, of latency and of limits. */
export function venueOptions(
  kind: VenueOptions["accountKind"],
  rates: { readonly maker: number; readonly taker: number },
  others: Partial<VenueOptions> = {},
): VenueOptions {
  const rateOf = (liquidity: "maker" | "taker"): number =>
    liquidity === "maker" ? rates.maker : rates.taker;
  return {
    accountKind: kind,
    leverage: kind === "cash" ? 1 : 10,
    maintenanceMargin: kind === "cash" ? 0 : 0.005,
    commission: {
      fee: (_quantity, notional, liquidity) => notional * rateOf(liquidity),
      rate: () => rates.taker,
    },
    slippage: { fraction: () => 0, rate: () => 0 },
    latencyMs: 0,
    volumeShareMax: Infinity,
    borrowRate: 0,
    fundingRate: 0,
    ...others,
  };
}

/** An account from what is not usual about it. */
export function accountOptions(
  wanted: Partial<AccountOptions> & Pick<AccountOptions, "venue">,
): AccountOptions {
  return {
    key: "KEY",
    secret: "SECRET",
    cash: 100_000,
    currency: "USD",
    fundsChecked: "arrival",
    positionMode: "one-way",
    holdings: [],
    leverageBySymbol: {},
    isReadOnly: false,
    ...wanted,
  };
}
