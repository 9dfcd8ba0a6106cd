import { computeMetrics } from "../../analysis/metrics/compute-metrics.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { historicalFeed } from "../../data/historical-feed.ts";
import type { Trade } from "../../domain/trade.ts";
import type { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import type { Session } from "../../engine/session.ts";
import { runBatch } from "../../engine/step.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { funnelOf, type Funnel } from "./funnel.ts";

/** A finished backtest: everything that a report, a check or a search may ask of it. */
export type BacktestResult = {
  readonly setup: BacktestSetup;
  readonly ground: Ground;
  readonly session: Session;
  readonly log: DecisionLog;
  readonly trades: readonly Trade[];
  readonly metrics: MetricsReport;
  readonly funnel: Funnel;
  /** Equity of buy & hold on the same bars with the same costs, one value per slice of `log`; null when not asked for. */
  readonly benchmarkEquity: Float64Array | null;
  /** SHA-256 over every decision, order and fill: the identity of the run. */
  readonly decisionsHash: string;
};

/** What a caller may hand in or ask for beside the setup. */
export type BacktestOptions = {
  readonly ground?: Ground;
  readonly withBenchmark?: boolean;
  /** Called after every batch with the bars done so far. */
  readonly onProgress?: (barsDone: number) => void;
};

/** Runs a backtest to its end. The same setup gives the same result, to the last bit. */
export function runBacktest(setup: BacktestSetup, options: BacktestOptions = {}): BacktestResult {
  const ground = options.ground ?? layGround(setup.bars, setup.config, setup.timeframe);
  const session = buildSession(setup, ground);
  runThrough(session, ground, options.onProgress);
  const benchmarkEquity = options.withBenchmark === true ? holdEverything(setup, ground) : null;
  const { log } = session.recorder;
  const { ledger, trades } = session.portfolio;
  return {
    setup,
    ground,
    session,
    log,
    trades: trades.closed,
    metrics: computeMetrics({
      closeTimeMs: log.timeMs,
      equity: log.equity,
      length: log.length,
      startEquity: setup.config.account.cash,
      calendar: ground.calendars[0]!,
      trades: trades.closed,
      ...(benchmarkEquity === null ? {} : { benchmarkEquity }),
      exposureBars: log.exposedSlices,
      tradedNotional: ledger.tradedNotional,
      feesPaid: ledger.feesPaid,
      slippagePaid: ledger.slippagePaid,
      chargesPaid: ledger.chargesPaid,
    }),
    funnel: funnelOf(session),
    benchmarkEquity,
    decisionsHash: log.hash(),
  };
}

/** Runs a session over the history of its ground. */
export function runThrough(session: Session, ground: Ground, onProgress?: (barsDone: number) => void): void {
  for (const batch of historicalFeed(ground.bars)) {
    runBatch(session, batch);
    onProgress?.(session.recorder.log.length);
  }
}

/** What the same money would have become in the same symbols without a strategy, through the same engine and costs. */
function holdEverything(setup: BacktestSetup, ground: Ground): Float64Array {
  const config = {
    ...setup.config,
    sizing: { use: "fixed-fraction" },
    risk: { profile: "none" as const, rules: [] },
    protection: { ...setup.config.protection, stopAtr: 0, takeProfitAtr: 0 },
  };
  const session = buildSession({ ...setup, config, strategy: buyAndHold, params: {} }, ground);
  runThrough(session, ground);
  return session.recorder.log.equity;
}
