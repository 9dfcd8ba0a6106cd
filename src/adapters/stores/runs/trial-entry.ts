import type { MarketMoves } from "./market-moves.ts";

/** Bars that something was tried on: who was traded, in bars of which length, between which closes. */
export type TriedMarket = {
  readonly symbol: string;
  readonly timeframe: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** How it moved: by this it is known again under another name. */
  readonly moves?: MarketMoves | undefined;
};

/** One backtest, or a round of a search, as the ledger keeps it. */
export type TrialEntry = {
  readonly timeMs: number;
  readonly runId: string;
  readonly strategy: string;
  readonly markets: readonly TriedMarket[];
  /** Hashes of what was tried: strategy, parameters, settings, code. */
  readonly trials: readonly string[];
};
