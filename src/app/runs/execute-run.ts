import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import type { CostPoint } from "../../analysis/report/report-input.ts";
import type { Bars } from "../../domain/bars.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { measureRun, runBacktest, type BacktestResult } from "./run-backtest.ts";
import { atScaledCosts } from "../session/scaled-costs.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";

/** Multiples of its costs at which a run is tried again. */
const costMultiples = [0, 0.5, 1, 2, 3];

export type ExecuteOptions = {
  /** Buy & hold of all symbols, of one by its bars, or nothing to compare with. */
  readonly withBenchmark: boolean | Bars;
  /** Laid for the same bars before: columns that are folded already are not folded again. */
  readonly ground?: Ground;
  /** Hears when the strategy is asked and when it has answered. */
  readonly watch?: StrategyWatch;
  readonly onProgress?: (barsDone: number) => void;
  /** The same setup, run before: it is measured, and not run again. */
  readonly ran?: BacktestResult;
};

/** Runs a setup while somebody outside hears every bar. */
export function executeRun(setup: BacktestSetup, options: ExecuteOptions): BacktestResult {
  const { withBenchmark, ground, watch, onProgress, ran } = options;
  if (ran !== undefined) return measureRun(ran, { withBenchmark });
  const watched = { ...setup, strategy: watchedStrategy(setup.strategy, watch, setup.registry) };
  const result = runBacktest(watched, {
    withBenchmark,
    ...(ground === undefined ? {} : { ground }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return { ...result, setup };
}

/** The same run at several multiples of its costs. */
export function costSensitivity(
  setup: BacktestSetup,
  options: Pick<ExecuteOptions, "watch" | "ground"> & {
    /** Metrics of the run itself, which has no need to be run again. */
    readonly own?: MetricsReport;
    readonly onDone?: (done: number, total: number) => void;
  },
): readonly CostPoint[] {
  const metricsAt = (costMultiple: number): MetricsReport =>
    executeRun(atScaledCosts(setup, costMultiple), { ...options, withBenchmark: false }).metrics;
  return costMultiples.map((costMultiple, index) => {
    const isOwn = costMultiple === 1 && options.own !== undefined;
    const metrics = isOwn ? options.own : metricsAt(costMultiple);
    options.onDone?.(index + 1, costMultiples.length);
    return { costMultiple, totalReturn: metrics.totalReturn, sharpe: metrics.sharpe };
  });
}
