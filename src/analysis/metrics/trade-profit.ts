import type { Trade } from "../../domain/trade.ts";
import { finiteOrNull, ratioOrNull } from "../statistics/finite-or-null.ts";
import { deviationMin, mean, sampleDeviation } from "../statistics/moments.ts";

/** Net P&L of closed trades in base currency, split into those that won and those that did not. */
export type ProfitSplit = {
  readonly trades: number;
  /** Trades with a P&L above zero: break-even is no win. */
  readonly wins: number;
  /** Sum of the winning P&L. */
  readonly grossProfit: number;
  /** |Sum of the losing P&L|, positive. */
  readonly grossLoss: number;
};

/** Below this many trades SQN is not to be relied on (Tharp 2008). */
export const sqnTradesMin = 30;

/** Splits trades by the sign of their net P&L. */
export function profitSplit(trades: readonly Trade[]): ProfitSplit {
  let wins = 0;
  let grossProfit = 0;
  let grossLoss = 0;
  for (const { pnl } of trades) {
    if (pnl > 0) {
      wins += 1;
      grossProfit += pnl;
    } else {
      grossLoss -= pnl;
    }
  }
  return { trades: trades.length, wins, grossProfit, grossLoss };
}

/** Wins / closed trades; `null` without trades. */
export function winRate({ wins, trades }: ProfitSplit): number | null {
  return ratioOrNull(wins, trades);
}

/** Sum of winning P&L / |sum of losing P&L|; `null` without losses. */
export function profitFactor({ grossProfit, grossLoss }: ProfitSplit): number | null {
  return ratioOrNull(grossProfit, grossLoss);
}

/** Mean P&L of the winning trades; `null` without one. */
export function averageWin({ grossProfit, wins }: ProfitSplit): number | null {
  return ratioOrNull(grossProfit, wins);
}

/**
 * |Mean P&L| of the trades that did not win; `null` without one. Break-even trades count here with zero, so that
 * W x average win - (1 - W) x average loss is the mean P&L whatever the trades.
 */
export function averageLoss({ grossLoss, trades, wins }: ProfitSplit): number | null {
  return ratioOrNull(grossLoss, trades - wins);
}

/** Expected P&L of a trade in money, W x average win - (1 - W) x average loss; `null` without trades. */
export function expectancy({ grossProfit, grossLoss, trades }: ProfitSplit): number | null {
  return ratioOrNull(grossProfit - grossLoss, trades);
}

/** Expected P&L per unit of average loss, W x payoff - (1 - W); `null` without losses. */
export function expectancyRatio(split: ProfitSplit): number | null {
  const expected = expectancy(split);
  const loss = averageLoss(split);
  return expected === null || loss === null ? null : ratioOrNull(expected, loss);
}

/** Average win / average loss; `null` without a win or without a loss. */
export function payoffRatio(split: ProfitSplit): number | null {
  const win = averageWin(split);
  const loss = averageLoss(split);
  return win === null || loss === null ? null : ratioOrNull(win, loss);
}

/**
 * Kelly fraction, W - (1 - W) / payoff: negative means do not bet; `null` without a win or without a loss.
 * Source: Kelly, A New Interpretation of Information Rate (1956), for two outcomes.
 */
export function kelly(split: ProfitSplit): number | null {
  const payoff = payoffRatio(split);
  const wins = winRate(split);
  return wins === null || payoff === null ? null : finiteOrNull(wins - (1 - wins) / payoff);
}

/**
 * System quality number, sqrt(n) x mean(P&L) / std(P&L, ddof 1); `null` below two trades or where all earn the same.
 * Source: Tharp, Definitive Guide to Position Sizing (2008).
 */
export function sqn(trades: readonly Trade[]): number | null {
  const pnl = Float64Array.from(trades, (trade) => trade.pnl);
  const deviation = sampleDeviation(pnl);
  if (!(deviation >= deviationMin)) return null;
  return finiteOrNull((Math.sqrt(pnl.length) * mean(pnl)) / deviation);
}
