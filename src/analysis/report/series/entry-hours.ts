import type { Trade } from "../../../domain/trade.ts";
import { dayMs, hourMs } from "../../../base/time.ts";

/** What the trades made that were entered on a weekday (0 is Monday) and in an hour, both UTC. */
export type EntryHour = { readonly trades: number; readonly pnl: number };

/** Trades by weekday and hour of their entry: seven rows of 24. */
export function entryHours(
  trades: readonly Pick<Trade, "entryTimeMs" | "pnl">[],
): readonly (readonly EntryHour[])[] {
  const cells = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => ({ trades: 0, pnl: 0 })));
  for (const { entryTimeMs, pnl } of trades) {
    // Day 0 was a Thursday.
    const day = (Math.floor(entryTimeMs / dayMs) + 3) % 7;
    const cell = cells[day]![Math.floor((entryTimeMs % dayMs) / hourMs)]!;
    cell.trades += 1;
    cell.pnl += pnl;
  }
  return cells;
}
