import type { DailyReturns } from "../../metrics/daily-returns.ts";
import { beta } from "../../metrics/benchmark.ts";
import { sharpe, volatility } from "../../metrics/sharpe.ts";

/** One window of returns, named by its last day. */
export type RollingPoint = {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly sharpe: number | null;
  readonly volatility: number | null;
  /** Against what the run is compared with; `null` without it and where it does not move. */
  readonly beta: number | null;
};

/** Returns of a rolling window: a quarter of a year. */
export function rollingDays(periodsPerYear: number): number {
  return Math.round(periodsPerYear / 4);
}

/** Sharpe ratio, volatility and beta over the last `windowDays` returns; empty below twice as many days. */
export function rollingRisk(
  { days, returns }: Pick<DailyReturns, "days" | "returns">,
  windowDays: number,
  periodsPerYear: number,
  riskFreeRate: number,
  benchmark: Float64Array | null = null,
): readonly RollingPoint[] {
  if (returns.length < 2 * windowDays) return [];
  const points: RollingPoint[] = [];
  for (let last = windowDays - 1; last < returns.length; last++) {
    const window = returns.subarray(last - windowDays + 1, last + 1);
    points.push({
      day: days[last]!,
      sharpe: sharpe(window, periodsPerYear, riskFreeRate / periodsPerYear),
      volatility: volatility(window, periodsPerYear),
      beta: benchmark === null ? null : beta(window, benchmark.subarray(last - windowDays + 1, last + 1)),
    });
  }
  return points;
}
