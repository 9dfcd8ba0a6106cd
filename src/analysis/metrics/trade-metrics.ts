import type { Trade } from "../../domain/trade.ts";
import { tradeBarsHeld, tradeDurationsMs } from "./trade-length.ts";
import { bestTrade, longestStreaks, tradeMean, worstTrade } from "./trade-outcomes.ts";
import {
  averageLoss,
  averageWin,
  expectancy,
  expectancyRatio,
  kelly,
  payoffRatio,
  profitFactor,
  profitSplit,
  sqn,
  sqnTradesMin,
  winRate,
} from "./trade-profit.ts";

/** Every metric of closed trades, given in the order of their exits. */
export function tradeMetrics(trades: readonly Trade[]) {
  const split = profitSplit(trades);
  const long = profitSplit(trades.filter((trade) => trade.side === "long"));
  const short = profitSplit(trades.filter((trade) => trade.side === "short"));
  return {
    trades: split.trades,
    tradesLong: long.trades,
    tradesShort: short.trades,
    winRate: winRate(split),
    winRateLong: winRate(long),
    winRateShort: winRate(short),
    profitFactor: profitFactor(split),
    expectancy: expectancy(split),
    expectancyRatio: expectancyRatio(split),
    sqn: sqn(trades),
    sqnReliable: trades.length >= sqnTradesMin,
    payoffRatio: payoffRatio(split),
    kelly: kelly(split),
    grossProfit: split.grossProfit,
    grossLoss: split.grossLoss,
    averageWin: averageWin(split),
    averageLoss: averageLoss(split),
    averageTrade: expectancy(split),
    averageTradeReturn: tradeMean(trades, "returnFraction"),
    bestTrade: bestTrade(trades),
    worstTrade: worstTrade(trades),
    averageMae: tradeMean(trades, "mae"),
    averageMfe: tradeMean(trades, "mfe"),
    ...streakMetrics(trades),
    ...lengthMetrics(trades),
  };
}

function streakMetrics(trades: readonly Trade[]) {
  const streaks = longestStreaks(trades);
  return { longestWinStreak: streaks.wins, longestLossStreak: streaks.losses };
}

function lengthMetrics(trades: readonly Trade[]) {
  const durations = tradeDurationsMs(trades);
  const bars = tradeBarsHeld(trades);
  return {
    averageDurationMs: durations.average,
    medianDurationMs: durations.median,
    maxDurationMs: durations.max,
    averageBarsHeld: bars.average,
    medianBarsHeld: bars.median,
    maxBarsHeld: bars.max,
  };
}
