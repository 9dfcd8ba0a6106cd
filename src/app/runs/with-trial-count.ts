import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { deflatedSharpe, expectedMaximumSharpe } from "../../analysis/statistics/probabilistic-sharpe.ts";
import { finiteOrNull } from "../../analysis/statistics/finite-or-null.ts";

/** The metrics of a run once it is known how many configurations were tried on its data, this one included. */
export function withTrialCount(metrics: MetricsReport, trialCount: number): MetricsReport {
  const { sharpePerPeriod: sharpe, periods: count, skew, kurtosis } = metrics;
  // What trials without any skill would scatter by, as long as nobody says better.
  const variance = 1 / (count - 1);
  const isKnown = sharpe !== null && skew !== null && kurtosis !== null;
  return {
    ...metrics,
    trialCount,
    expectedMaximumSharpe: finiteOrNull(expectedMaximumSharpe(trialCount, variance)),
    dsr: isKnown ? deflatedSharpe({ sharpe, count, skew, kurtosis }, trialCount, variance) : null,
  };
}
