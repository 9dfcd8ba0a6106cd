import type { Trade } from "../../domain/trade.ts";
import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { mean } from "../statistics/moments.ts";

/** The longest runs of wins and of losses; a break-even trade ends both. */
type Streaks = { readonly wins: number; readonly losses: number };

/** Longest winning and losing streak, in the order of the trades. */
export function longestStreaks(trades: readonly Trade[]): Streaks {
  let wins = 0;
  let losses = 0;
  let run = 0;
  for (const { pnl } of trades) {
    const sign = Math.sign(pnl);
    run = sign === 0 ? 0 : Math.sign(run) === sign ? run + sign : sign;
    wins = Math.max(wins, run);
    losses = Math.max(losses, -run);
  }
  return { wins, losses };
}

/** Largest net P&L of a trade; `null` without trades. */
export function bestTrade(trades: readonly Trade[]): number | null {
  return finiteOrNull(trades.reduce((best, { pnl }) => Math.max(best, pnl), Number.NEGATIVE_INFINITY));
}

/** Smallest net P&L of a trade; `null` without trades. */
export function worstTrade(trades: readonly Trade[]): number | null {
  return finiteOrNull(trades.reduce((worst, { pnl }) => Math.min(worst, pnl), Number.POSITIVE_INFINITY));
}

/** Mean of a field over the trades; `null` without trades. */
export function tradeMean(trades: readonly Trade[], field: "returnFraction" | "mae" | "mfe"): number | null {
  return finiteOrNull(mean(Float64Array.from(trades, (trade) => trade[field])));
}
