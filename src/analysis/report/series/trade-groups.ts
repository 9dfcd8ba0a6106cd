import type { Trade } from "../../../domain/trade.ts";
import { median } from "../../statistics/quantile.ts";

/** Trades that have something in common: their exit reason, or their symbol. */
export type TradeGroup = {
  readonly name: string;
  readonly trades: number;
  readonly winRate: number;
  readonly pnl: number;
  readonly averageReturn: number;
  readonly medianDurationMs: number;
  readonly fees: number;
};

/** Sums up trades by a name, the largest groups first. */
export function tradeGroups(
  trades: readonly Trade[],
  nameOf: (trade: Trade) => string,
): readonly TradeGroup[] {
  const groups = Map.groupBy(trades, nameOf);
  return [...groups]
    .map(([name, members]) => groupOf(name, members))
    .sort((a, b) => b.trades - a.trades || (a.name < b.name ? -1 : 1));
}

function groupOf(name: string, members: readonly Trade[]): TradeGroup {
  const count = members.length;
  const sum = (of: (trade: Trade) => number) => members.reduce((total, trade) => total + of(trade), 0);
  return {
    name,
    trades: count,
    winRate: members.filter((trade) => trade.pnl > 0).length / count,
    pnl: sum((trade) => trade.pnl),
    averageReturn: sum((trade) => trade.returnFraction) / count,
    medianDurationMs: median(Float64Array.from(members, (trade) => trade.exitTimeMs - trade.entryTimeMs)),
    fees: sum((trade) => trade.feesPaid + trade.slippageCost),
  };
}
