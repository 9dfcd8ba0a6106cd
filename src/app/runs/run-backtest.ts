import { computeMetrics } from "../../analysis/metrics/compute-metrics.ts";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { holdingAll } from "../../analysis/report/benchmark-name.ts";
import type { ReportFunnel } from "../../analysis/report/report-input.ts";
import { historicalFeed } from "../../data/historical-feed.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Trade } from "../../domain/trade.ts";
import type { Session } from "../../engine/session.ts";
import { runBatch } from "../../engine/step.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { buildSession, layGround } from "../session/build-session.ts";
import { funnelOf } from "./funnel.ts";
import { measuredFrom, measuredLog, type RunLog } from "./score-run.ts";

/** A finished backtest: everything that a report, a check or a search may ask of it. */
export type BacktestResult = {
  readonly setup: BacktestSetup;
  readonly ground: Ground;
  readonly session: Session;
  /** From the first slice on which a decision was possible. */
  readonly log: RunLog;
  readonly trades: readonly Trade[];
  readonly metrics: MetricsReport;
  readonly funnel: ReportFunnel;
  /** Buy & hold on the same bars, over the same time, with the same costs; null when not asked for. */
  readonly benchmark: BenchmarkRun | null;
  /** SHA-256 over every decision, order and fill: the identity of the run. */
  readonly decisionsHash: string;
};

/** What the same money would have become without a strategy. */
export type BenchmarkRun = {
  /** The symbol that was held; `buy & hold` where it was everything that the run trades. */
  readonly name: string;
  /** One value per slice of the run's log. */
  readonly equity: Float64Array;
  readonly funnel: ReportFunnel;
};

/** What a caller may hand in or ask for beside the setup. */
export type BacktestOptions = {
  readonly ground?: Ground;
  /** Buy & hold of all symbols, or of one by its bars. */
  readonly withBenchmark?: boolean | Bars;
  /** Row of the log to measure from, for a run that is held against another; its own first decision by default. */
  readonly measureFrom?: number;
  /** Called after every batch with the bars done so far. */
  readonly onProgress?: (barsDone: number) => void;
};

/**
 * Runs a backtest to its end and measures it from the first bar on which a decision was possible. The same setup gives
 * the same result, to the last bit.
 */
export function runBacktest(setup: BacktestSetup, options: BacktestOptions = {}): BacktestResult {
  const ground = options.ground ?? layGround(setup.bars, setup.config, setup.timeframe, setup.actions);
  const session = buildSession(setup, ground);
  runThrough(session, ground, options.onProgress);
  return measureRun({ setup, ground, session }, options);
}

/** Measures a session that has been run to its end, by itself or against what the same money would have become. */
export function measureRun(
  { setup, ground, session }: Pick<BacktestResult, "setup" | "ground" | "session">,
  options: Pick<BacktestOptions, "withBenchmark" | "measureFrom">,
): BacktestResult {
  const log = measuredLog(session, options.measureFrom);
  const benchmark = benchmarkOf(setup, ground, session, options.withBenchmark ?? false);
  const { cash, baseCurrency } = setup.config.account;
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
      startEquity: cash,
      calendar: ground.calendars[0]!,
      trades: trades.closed,
      ...(benchmark === null ? {} : { benchmarkEquity: benchmark.equity }),
      exposureBars: log.exposedSlices,
      tradedNotional: ledger.tradedNotional,
      feesPaid: ledger.feesPaid,
      slippagePaid: ledger.slippagePaid,
      chargesPaid: ledger.chargesPaid,
    }),
    funnel: funnelOf(session, ground, baseCurrency),
    benchmark,
    decisionsHash: session.recorder.log.hash(),
  };
}

/** Runs a session over the history of its ground. */
export function runThrough(session: Session, ground: Ground, onProgress?: (barsDone: number) => void): void {
  for (const batch of historicalFeed(ground.bars)) {
    runBatch(session, batch);
    onProgress?.(session.recorder.log.length);
  }
}

/** Buy & hold of everything, or of the bars that are named, over the time in which the strategy could decide. */
function benchmarkOf(
  setup: BacktestSetup,
  ground: Ground,
  run: Session,
  wanted: boolean | Bars,
): BenchmarkRun | null {
  if (wanted === false) return null;
  const { cash, baseCurrency } = setup.config.account;
  const from = measuredFrom(run);
  if (wanted === true) {
    const session = hold(setup, ground, run);
    return {
      name: holdingAll,
      equity: measuredLog(session, from).equity,
      funnel: funnelOf(session, ground, baseCurrency),
    };
  }
  const bars = [wanted];
  const own = layGround(bars, setup.config, setup.timeframe, setup.actions);
  const session = hold({ ...setup, bars }, own, run);
  const equity = seenFrom(session.recorder.log, measuredLog(run, from), cash);
  return { name: wanted.symbol, equity, funnel: funnelOf(session, own, baseCurrency) };
}

/** The equity of one run at the slices of another: its last value by then, and its cash before its first. */
function seenFrom(held: RunLog, log: RunLog, cash: number): Float64Array {
  const seen = new Float64Array(log.length);
  let row = -1;
  for (let k = 0; k < log.length; k++) {
    while (row + 1 < held.length && held.timeMs[row + 1]! <= log.timeMs[k]!) row += 1;
    seen[k] = row < 0 ? cash : held.equity[row]!;
  }
  return seen;
}

/**
 * What the same money would have become in the symbols of a ground without a strategy, through the same engine and costs:
 * bought on the bar on which the strategy could decide for the first time, so that both cover the same time.
 */
function hold(setup: BacktestSetup, ground: Ground, run: Session): Session {
  const config = {
    ...setup.config,
    sizing: { use: "fixed-fraction" },
    risk: { profile: "none" as const, tradingProfile: "none" as const, rules: [] },
    protection: { ...setup.config.protection, stopAtr: 0, takeProfitAtr: 0 },
  };
  const { log } = run.recorder;
  const tradeFromMs = log.length === 0 ? -Infinity : log.timeMs[measuredFrom(run)]!;
  const session = buildSession({ ...setup, config, strategy: buyAndHold, params: {}, tradeFromMs }, ground);
  runThrough(session, ground);
  return session;
}
