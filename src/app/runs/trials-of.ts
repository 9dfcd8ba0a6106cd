import { ledgerPathOf, readTrials, resetLedger } from "../../adapters/stores/runs/trials-ledger.ts";

/** What was tried on one symbol in bars of one length. */
export type TriedOn = {
  readonly symbol: string;
  readonly timeframe: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Different things that were tried. */
  readonly trials: number;
};

/** What the ledger of a folder holds, by symbol and timeframe. Throws `LEDGER_EDITED`. */
export function trialsOf(folder: string): {
  readonly tried: readonly TriedOn[];
  readonly resets: readonly { readonly timeMs: number; readonly lost: number | null }[];
} {
  const { entries, resets } = readTrials(ledgerPathOf(folder));
  const found = new Map<string, Omit<TriedOn, "trials"> & { readonly trials: Set<string> }>();
  for (const { markets, trials } of entries) {
    for (const { symbol, timeframe, fromMs, toMs } of markets) {
      const known = found.get(`${symbol} ${timeframe}`);
      found.set(`${symbol} ${timeframe}`, {
        symbol,
        timeframe,
        fromMs: Math.min(fromMs, known?.fromMs ?? Infinity),
        toMs: Math.max(toMs, known?.toMs ?? -Infinity),
        trials: new Set([...(known?.trials ?? []), ...trials]),
      });
    }
  }
  const tried = [...found.values()].map((one) => ({ ...one, trials: one.trials.size }));
  return {
    tried: tried.sort((a, b) => (`${a.symbol} ${a.timeframe}` < `${b.symbol} ${b.timeframe}` ? -1 : 1)),
    resets,
  };
}

/** Begins the ledger of a folder anew; every later report says so. */
export function resetTrials(folder: string, nowMs: number): void {
  resetLedger(ledgerPathOf(folder), nowMs);
}
