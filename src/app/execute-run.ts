import type { CostPoint } from "../analysis/report/report-input.ts";
import { layGround, type BacktestSetup } from "./build-session.ts";
import { strategyNamed } from "./registry.ts";
import { runBacktest, type BacktestResult } from "./run-backtest.ts";
import { atScaledCosts } from "./scaled-costs.ts";
import { tradedRangeOf } from "./traded-range.ts";
import { watchedStrategy } from "./watched-strategy.ts";

/** Multiples of its costs at which a run is tried again. */
const costMultiples = [0, 0.5, 1, 2, 3];

export type ExecuteOptions = {
  readonly withBenchmark: boolean;
  /** Hears the time of every bar before the strategy does. */
  readonly onBar?: (timeMs: number) => void;
  readonly onProgress?: (barsDone: number) => void;
};

/** Runs a setup as it is traded: asked and measured from its first traded bar on. */
export function executeRun(setup: BacktestSetup, options: ExecuteOptions): BacktestResult {
  const { withBenchmark, onBar, onProgress } = options;
  const tradeFromMs = setup.tradeFromMs ?? -Infinity;
  const ground = layGround(setup.bars, setup.config, setup.timeframe);
  const result = runBacktest(
    { ...setup, strategy: watchedStrategy(setup.strategy, tradeFromMs, onBar) },
    {
      ground,
      withBenchmark: withBenchmark && tradeFromMs === -Infinity,
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  );
  const own = { ...result, setup };
  if (tradeFromMs === -Infinity) return own;
  // Buy & hold buys on the first bar that it is shown, so it too must be shown none too early.
  const benchmarkEquity = withBenchmark
    ? runBacktest(holdingSetup(setup, tradeFromMs), { ground }).log.equity
    : null;
  return tradedRangeOf({ ...own, benchmarkEquity });
}

/** The same run at several multiples of its costs. */
export function costSensitivity(
  setup: BacktestSetup,
  options: Pick<ExecuteOptions, "onBar"> & { readonly onDone?: (done: number, total: number) => void },
): readonly CostPoint[] {
  return costMultiples.map((costMultiple, index) => {
    const { metrics } = atScaledCosts(setup.config, costMultiple, (config) =>
      executeRun({ ...setup, config }, { ...options, withBenchmark: false }),
    );
    options.onDone?.(index + 1, costMultiples.length);
    return { costMultiple, totalReturn: metrics.totalReturn, sharpe: metrics.sharpe };
  });
}

function holdingSetup(setup: BacktestSetup, tradeFromMs: number): BacktestSetup {
  const config = {
    ...setup.config,
    sizing: { use: "fixed-fraction" },
    risk: { profile: "none" as const, rules: [] },
    protection: { ...setup.config.protection, stopAtr: 0, takeProfitAtr: 0 },
  };
  return {
    ...setup,
    config,
    strategy: watchedStrategy(strategyNamed("buy-and-hold"), tradeFromMs),
    params: {},
  };
}
