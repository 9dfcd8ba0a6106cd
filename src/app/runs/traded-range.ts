import { computeMetrics } from "../../analysis/metrics/compute-metrics.ts";
import type { BacktestResult } from "./run-backtest.ts";

/**
 * The result as it stands for the time that was traded: bars before `tradeFromMs` warmed up, and their flat equity
 * must not thin out volatility, Sharpe ratio and growth. Nothing is copied.
 */
export function tradedRangeOf(result: BacktestResult): BacktestResult {
  const { log, setup, session, ground, trades } = result;
  const from = firstAtOrAfter(log.timeMs, log.length, setup.tradeFromMs ?? -Infinity);
  if (from === 0) return result;
  const length = log.length - from;
  const timeMs = log.timeMs.subarray(from, log.length);
  const equity = log.equity.subarray(from, log.length);
  const benchmarkEquity = result.benchmarkEquity?.subarray(from) ?? null;
  const { ledger } = session.portfolio;
  return {
    ...result,
    // The same log, seen from the first traded slice on.
    log: Object.create(log, {
      timeMs: { value: timeMs },
      equity: { value: equity },
      length: { value: length },
    }) as typeof log,
    benchmarkEquity,
    metrics: computeMetrics({
      closeTimeMs: timeMs,
      equity,
      length,
      startEquity: setup.config.account.cash,
      calendar: ground.calendars[0]!,
      trades,
      ...(benchmarkEquity === null ? {} : { benchmarkEquity }),
      exposureBars: log.exposedSlices,
      tradedNotional: ledger.tradedNotional,
      feesPaid: ledger.feesPaid,
      slippagePaid: ledger.slippagePaid,
      chargesPaid: ledger.chargesPaid,
    }),
  };
}

function firstAtOrAfter(timeMs: Float64Array, length: number, fromMs: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeMs[middle]! < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
