import { bootstrapInterval } from "../../analysis/statistics/bootstrap.ts";
import { sharpe } from "../../analysis/metrics/sharpe.ts";
import { byRegime, byYear, type PeriodGroup } from "../../analysis/validation/period-groups.ts";
import { Prng } from "../../base/prng.ts";
import { barsOf, type Bars } from "../../domain/bars.ts";
import { predictionName } from "../../domain/external-series.ts";
import type { Estimate } from "../../domain/predictor-artifact.ts";
import type { AnyStrategy } from "../../ports/strategy.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { everyCall } from "../../strategies/every-call.ts";
import { followPredictions } from "../../strategies/follow-predictions.ts";
import type { RunConfig } from "../config/run-config.ts";
import { executeRun } from "../runs/execute-run.ts";
import type { BacktestResult } from "../runs/run-backtest.ts";
import { marketAt, periodsOf } from "../validation/validation.ts";
import type { Answers } from "./answers.ts";

/** What trading by some rule came to, costs included. */
export type TradedAnswers = {
  readonly strategy: string;
  readonly totalReturn: number | null;
  readonly sharpe: Estimate | null;
  readonly maxDrawdown: number;
  readonly trades: number;
  /** Share of bars at whose close something was held. */
  readonly exposure: number | null;
  /** Fees, slippage and charges, as a share of the starting cash. */
  readonly costShare: number;
  /** Equity in multiples of the start, at evenly spread bars. */
  readonly path: readonly { readonly timeMs: number; readonly equity: number }[];
  readonly years: readonly PeriodGroup[];
  readonly regimes: readonly PeriodGroup[];
};

const samples = 1_000;
const pathPoints = 240;

/**
 * Trades the answers of a model through the engine, at the costs of the configuration, over the bars that were answered: every
 * call, what `follow-predictions` makes of them, and holding without a model.
 */
export function tradeAnswers(
  bars: Bars,
  answers: Answers,
  horizonBars: number,
  config: RunConfig,
  seed: number,
  onDone: (done: number, total: number) => void,
): readonly TradedAnswers[] {
  const first = answers.probability.findIndex((p) => !Number.isNaN(p));
  const tradeFromMs = answers.closeTimeMs[Math.max(0, first)]!;
  const from = Math.max(0, first);
  const horizon = new Float64Array(answers.closeTimeMs.length).fill(horizonBars);
  const said = { probability: answers.probability, low: answers.low, high: answers.high, horizon };
  const timesMs = answers.closeTimeMs.subarray(from);
  const externals = Object.entries(said).map(([output, values]) =>
    seriesOf(bars, output, timesMs, values.subarray(from)),
  );
  const short = config.account.kind === "margin";
  const params = { model, horizonBars, short };
  const runs: readonly (readonly [AnyStrategy, BacktestResult["setup"]["params"]])[] = [
    [everyCall, params],
    [followPredictions, params],
    [buyAndHold, {}],
  ];
  return runs.map(([strategy, given], index) => {
    onDone(index, runs.length);
    const setup = { bars: [bars], strategy, params: given, config, externals, tradeFromMs };
    return measured(strategy.name, executeRun(setup, { withBenchmark: false }), seed);
  });
}

const model = "judged";

function seriesOf(bars: Bars, output: string, closeTimeMs: Float64Array, values: Float64Array): Bars {
  const columns = { open: values, high: values, low: values, close: values };
  const name = predictionName({ model, output, symbol: bars.symbol });
  return barsOf(name, bars.timeframe, { closeTimeMs, ...columns, volume: new Float64Array(values.length) });
}

function measured(strategy: string, result: BacktestResult, seed: number): TradedAnswers {
  const { metrics, log, trades } = result;
  const { closeTimeMs, startEquity, daily } = periodsOf(result);
  const { returns, ends, periodsPerYear } = daily;
  const clean = returns.every(Number.isFinite) ? returns : new Float64Array(0);
  const found = bootstrapInterval(clean, (drawn) => sharpe(drawn, periodsPerYear), {
    prng: new Prng(seed).fork(strategy),
    samples,
  });
  const endMs = Float64Array.from(ends, (row) => closeTimeMs[row]!);
  const { feesPaid, slippagePaid, chargesPaid } = metrics;
  const step = Math.max(1, Math.ceil(log.length / pathPoints));
  return {
    strategy,
    totalReturn: metrics.totalReturn,
    sharpe: found && { value: found.estimate, low: found.low, high: found.high },
    maxDrawdown: metrics.maxDrawdown,
    trades: trades.length,
    exposure: metrics.exposure,
    costShare: (feesPaid + slippagePaid + chargesPaid) / startEquity,
    path: Array.from({ length: Math.ceil(log.length / step) }, (_, k) => ({
      timeMs: log.timeMs[k * step]!,
      equity: log.equity[k * step]! / startEquity,
    })),
    years: byYear(clean, endMs, periodsPerYear),
    regimes: byRegime(clean, marketAt(result, ends), periodsPerYear),
  };
}
