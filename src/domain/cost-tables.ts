/** A rate as it was over time; times ascend. */
export type RateHistory = { readonly timeMs: readonly number[]; readonly rate: readonly number[] };

/** What a venue takes from the moment `fromMs` on of who traded at least `volume` in the 30 days before. */
export type FeeTier = {
  readonly fromMs: number;
  readonly volume: number;
  readonly maker: number;
  readonly taker: number;
};

/** Rates by symbol; those of `*` hold for every symbol that has none of its own. */
export type RatesBySymbol = Readonly<Record<string, RateHistory>>;

/**
 * Half of the distance between bid and ask, in units of the price, at the open and the close of bars of `lengthMs`; `timeMs` are
 * their closes and ascend.
 */
export type SpreadHistory = {
  readonly lengthMs: number;
  readonly timeMs: readonly number[];
  readonly open: readonly number[];
  readonly close: readonly number[];
};

/** What trading and holding cost in the past, as files tell it; where one is absent, constants hold. Plain data. */
export type CostTables = {
  /** What longs paid to shorts at each of these moments, as a share of the position's value. */
  readonly funding?: RatesBySymbol;
  /** Yearly fee on the value of short positions, from each of these moments on. */
  readonly borrow?: RatesBySymbol;
  /** By `fromMs`, then by volume. */
  readonly feeTiers?: readonly FeeTier[];
  /** By symbol, where bid and ask were quoted. */
  readonly spreads?: Readonly<Record<string, SpreadHistory>>;
};

/** The history that holds for a symbol; undefined where there is none. */
export function historyOf(rates: RatesBySymbol | undefined, symbol: string): RateHistory | undefined {
  return rates?.[symbol] ?? rates?.["*"];
}
