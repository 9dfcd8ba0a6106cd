import type { Bars } from "../../domain/bars.ts";
import type { BacktestSetup, Ground } from "../session/backtest-setup.ts";
import { measureRun, runBacktest, type BacktestResult } from "./run-backtest.ts";
import { watchedStrategy, type StrategyWatch } from "../plugins/watched-strategy.ts";

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
