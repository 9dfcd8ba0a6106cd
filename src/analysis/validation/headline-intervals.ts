import type { Prng } from "../../base/prng.ts";
import { bootstrapInterval, type BootstrapInterval } from "../statistics/bootstrap.ts";
import { sharpe, sortino, volatility } from "../metrics/sharpe.ts";

/** The numbers that a report leads with, as functions of the returns alone. */
const statistics = {
  totalReturn: (returns: Float64Array) => grown(returns) - 1,
  cagr: (returns: Float64Array, perYear: number) => grown(returns) ** (perYear / returns.length) - 1,
  sharpe: (returns: Float64Array, perYear: number) => sharpe(returns, perYear),
  sortino: (returns: Float64Array, perYear: number) => sortino(returns, perYear),
  volatility: (returns: Float64Array, perYear: number) => volatility(returns, perYear),
  maxDrawdown: (returns: Float64Array) => deepestFall(returns),
} as const;

/** A 95 % interval of every headline metric; `null` where the sample is too small for one. */
export type HeadlineIntervals = Readonly<Record<keyof typeof statistics, BootstrapInterval | null>>;

/** Intervals by the stationary block bootstrap; the drawdown is that of the closes of periods. */
export function headlineIntervals(
  returns: Float64Array,
  periodsPerYear: number,
  prng: Prng,
  samples: number,
): HeadlineIntervals {
  const entries = Object.entries(statistics).map(([name, statistic]) => [
    name,
    bootstrapInterval(returns, (drawn) => statistic(drawn, periodsPerYear), {
      prng: prng.fork(name),
      samples,
    }),
  ]);
  return Object.fromEntries(entries) as HeadlineIntervals;
}

function grown(returns: Float64Array): number {
  let growth = 1;
  for (let k = 0; k < returns.length; k++) growth *= 1 + returns[k]!;
  return Math.max(0, growth);
}

function deepestFall(returns: Float64Array): number {
  let equity = 1;
  let peak = 1;
  let deepest = 0;
  for (let k = 0; k < returns.length; k++) {
    equity *= 1 + returns[k]!;
    if (equity > peak) peak = equity;
    const depth = (peak - equity) / peak;
    if (depth > deepest) deepest = depth;
  }
  return deepest;
}
