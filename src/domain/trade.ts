import type { InstrumentIndex } from "./instrument.ts";

/** A closed round trip: from flat, or from a reversal, to flat or to the next reversal. */
export type Trade = {
  readonly instrument: InstrumentIndex;
  readonly side: "long" | "short";
  readonly entryTimeMs: number;
  readonly exitTimeMs: number;
  /** Volume-weighted over all entry fills. */
  readonly entryPrice: number;
  /** Volume-weighted over all exit fills. */
  readonly exitPrice: number;
  /** Largest quantity held. */
  readonly quantity: number;
  /** Net of fees and charges, in base currency. */
  readonly pnl: number;
  /** `pnl` over the entry value. */
  readonly returnFraction: number;
  readonly feesPaid: number;
  readonly slippageCost: number;
  /** Maximum adverse and favourable excursion, as fractions of the entry price, from bar lows and highs. */
  readonly mae: number;
  readonly mfe: number;
  readonly barsHeld: number;
  readonly entryReason: string;
  readonly exitReason: string;
};
