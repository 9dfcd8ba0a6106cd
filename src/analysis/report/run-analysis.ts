import { Prng } from "../../base/prng.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import { computeMetrics } from "../metrics/compute-metrics.ts";
import { dailyReturns, type DailyReturns, type EquityCurve } from "../metrics/daily-returns.ts";
import { drawdowns, worstDrawdowns, type Drawdown } from "../metrics/drawdown.ts";
import type { MetricsReport } from "../metrics/metrics-report.ts";
import { monthlyReturns, yearlyReturns, type PeriodReturn } from "../metrics/period-returns.ts";
import type { SessionCalendar } from "../metrics/sessions.ts";
import { sharpe } from "../metrics/sharpe.ts";
import { bootstrapInterval, type BootstrapInterval } from "../statistics/bootstrap.ts";
import { incidentsOf, type Incidents } from "./incidents.ts";
import type { ReportInput } from "./report-input.ts";

/** Fewer returns than this carry no interval. */
export const intervalPeriodsMin = 30;

/** 95 % block-bootstrap intervals; `null` where there is nothing to resample. */
export type Intervals = {
  readonly totalReturn: BootstrapInterval | null;
  readonly sharpe: BootstrapInterval | null;
};

/** What every face of a report needs and no metric holds. */
export type RunAnalysis = {
  readonly daily: DailyReturns;
  readonly intervals: Intervals;
  /** Deepest first. */
  readonly worstDrawdowns: readonly Drawdown[];
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
  readonly benchmark: BenchmarkAnalysis | null;
  readonly incidents: Incidents;
};

/** Buy & hold; of its metrics only those of the equity curve mean anything, for nobody logged its trades. */
export type BenchmarkAnalysis = {
  readonly daily: DailyReturns;
  readonly metrics: MetricsReport;
  readonly intervals: Intervals;
  readonly years: readonly PeriodReturn[];
};

const analyses = new WeakMap<ReportInput, RunAnalysis>();

/** Analyses a run once, however many faces of the report ask. The same input gives the same analysis to the last bit. */
export function analyseRun(input: ReportInput): RunAnalysis {
  const known = analyses.get(input);
  if (known !== undefined) return known;
  const analysis = analyse(input);
  analyses.set(input, analysis);
  return analysis;
}

/** The equity curve of a run in the shape that the metrics take. */
function equityCurveOf({ log, metrics }: ReportInput, equity = log.equity): EquityCurve {
  return { closeTimeMs: log.timeMs, equity, length: log.length, startEquity: metrics.startEquity };
}

function analyse(input: ReportInput): RunAnalysis {
  const calendar = calendarNamed(input.calendarNames[0] ?? "24/7");
  const curve = equityCurveOf(input);
  const daily = dailyReturns(curve, calendar);
  return {
    daily,
    intervals: intervalsOf(input, daily, "strategy"),
    worstDrawdowns: worstDrawdowns(drawdowns(curve)),
    months: monthlyReturns(daily, curve.startEquity),
    years: yearlyReturns(daily, curve.startEquity),
    benchmark: input.benchmarkEquity === null ? null : analyseBenchmark(input, calendar),
    incidents: incidentsOf(input),
  };
}

function analyseBenchmark(input: ReportInput, calendar: SessionCalendar): BenchmarkAnalysis {
  const curve = equityCurveOf(input, input.benchmarkEquity!);
  const daily = dailyReturns(curve, calendar);
  const metrics = computeMetrics({
    ...curve,
    calendar,
    riskFreeRate: input.metrics.riskFreeRate,
    trades: [],
    exposureBars: 0,
    tradedNotional: 0,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
  });
  return {
    daily,
    metrics,
    intervals: intervalsOf(input, daily, "benchmark"),
    years: yearlyReturns(daily, curve.startEquity),
  };
}

const noIntervals: Intervals = { totalReturn: null, sharpe: null };

function intervalsOf(
  { meta, metrics }: ReportInput,
  { returns, periodsPerYear }: DailyReturns,
  label: string,
): Intervals {
  // An account that never moved has nothing to resample: 0 to 0 would look like certainty.
  if (returns.length < intervalPeriodsMin || returns.every((each) => each === 0)) return noIntervals;
  const prng = new Prng(meta.seed).fork(`report:${label}`);
  const riskFreeReturn = metrics.riskFreeRate / periodsPerYear;
  return {
    totalReturn: bootstrapInterval(returns, compounded, { prng: prng.fork("return") }),
    sharpe: bootstrapInterval(returns, (sample) => sharpe(sample, periodsPerYear, riskFreeReturn), {
      prng: prng.fork("sharpe"),
    }),
  };
}

function compounded(returns: Float64Array): number {
  let growth = 1;
  for (let i = 0; i < returns.length; i++) growth *= 1 + returns[i]!;
  return growth - 1;
}
