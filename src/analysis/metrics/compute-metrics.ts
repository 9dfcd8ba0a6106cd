import { finiteOrNull } from "../statistics/finite-or-null.ts";
import { kurtosis, mean, skewness } from "../statistics/moments.ts";
import {
  deflatedSharpe,
  expectedMaximumSharpe,
  minTrackRecordLength,
  probabilisticSharpe,
  type SharpeSample,
} from "../statistics/probabilistic-sharpe.ts";
import { alpha, beta, informationRatio, trackingError, treynor } from "./benchmark.ts";
import { dailyReturns, type DailyReturns } from "./daily-returns.ts";
import { calmar, ulcerIndex, underwaterDays } from "./drawdown-ratios.ts";
import { drawdowns, maxDrawdownOf, worstDrawdowns } from "./drawdown.ts";
import { averageEquity, exposure, turnover, turnoverPerYear } from "./exposure.ts";
import { growthPerYear, totalReturn } from "./growth.ts";
import { periodsMin } from "./measured-time.ts";
import type { MetricsInput, MetricsReport } from "./metrics-report.ts";
import { omega, tailRatio } from "./return-shape.ts";
import { scoreCurve } from "./score-curve.ts";
import { sharpe, sortino, volatility } from "./sharpe.ts";
import { tradeMetrics } from "./trade-metrics.ts";
import {
  conditionalValueAtRisk,
  normalConditionalValueAtRisk,
  normalValueAtRisk,
  valueAtRisk,
} from "../statistics/value-at-risk.ts";

/** Returns that a 5 % quantile needs to lie within the data. */
const tailPeriodsMin = 20;

/** Every metric of a run by the conventions of `metricDefinitions`; never NaN, `null` where a number does not exist. */
export function computeMetrics(input: MetricsInput): MetricsReport {
  const daily = dailyReturns(input, input.calendar);
  return {
    ...returnMetrics(input, daily),
    ...drawdownMetrics(input, daily),
    ...tailMetrics(daily.returns),
    ...benchmarkMetrics(input, daily),
    ...significanceMetrics(input, daily),
    ...tradeMetrics(input.trades),
    ...accountMetrics(input, daily),
  };
}

function returnMetrics(input: MetricsInput, daily: DailyReturns) {
  const { returns, periodsPerYear } = daily;
  const riskFree = riskFreeReturnOf(input, daily);
  const yearly = growthPerYear(input.startEquity, finalEquityOf(input), daily.years);
  const isMany = returns.length >= periodsMin;
  return {
    ...scoreCurve(input.equity, daily.ends, input.startEquity, periodsPerYear, riskFree),
    cagr: yearly,
    cagrCalendar: yearly,
    volatility: isMany ? volatility(returns, periodsPerYear) : null,
    sortino: isMany ? sortino(returns, periodsPerYear, riskFree) : null,
    calmar: calmar(yearly, maxDrawdownOf(input.equity, input.length, input.startEquity)),
    omega: omega(returns, riskFree),
    tailRatio: returns.length < tailPeriodsMin ? null : tailRatio(returns),
    skew: skewness(returns),
    kurtosis: kurtosis(returns),
  };
}

function drawdownMetrics(input: MetricsInput, daily: DailyReturns) {
  const found = drawdowns(input);
  const [deepest] = worstDrawdowns(found, 1);
  const durations = Float64Array.from(found, (drawdown) => drawdown.durationMs);
  return {
    maxDrawdown: maxDrawdownOf(input.equity, input.length, input.startEquity),
    maxDrawdownPeakMs: deepest?.peakTimeMs ?? null,
    maxDrawdownTroughMs: deepest?.troughTimeMs ?? null,
    maxDrawdownRecoveryMs: deepest?.recoveryTimeMs ?? null,
    maxDrawdownDurationMs: deepest?.durationMs ?? null,
    averageDrawdown: finiteOrNull(mean(Float64Array.from(found, (drawdown) => drawdown.depth))),
    averageDrawdownDurationMs: finiteOrNull(mean(durations)),
    longestDrawdownMs: finiteOrNull(durations.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
    underwaterDays: underwaterDays(daily.equity, input.startEquity),
    ulcerIndex: ulcerIndex(daily.equity, input.startEquity),
  };
}

function tailMetrics(returns: Float64Array) {
  return {
    var95: valueAtRisk(returns, 0.95),
    cvar95: conditionalValueAtRisk(returns, 0.95),
    var99: valueAtRisk(returns, 0.99),
    cvar99: conditionalValueAtRisk(returns, 0.99),
    var95Normal: normalValueAtRisk(returns, 0.95),
    cvar95Normal: normalConditionalValueAtRisk(returns, 0.95),
    var99Normal: normalValueAtRisk(returns, 0.99),
    cvar99Normal: normalConditionalValueAtRisk(returns, 0.99),
  };
}

function benchmarkMetrics(input: MetricsInput, daily: DailyReturns) {
  if (input.benchmarkEquity === undefined) return withoutBenchmark;
  const { returns, periodsPerYear } = daily;
  const riskFree = riskFreeReturnOf(input, daily);
  const held = dailyReturns({ ...input, equity: input.benchmarkEquity }, input.calendar);
  const benchmarkReturn = totalReturn(input.startEquity, held.equity.at(-1) ?? input.startEquity);
  if (returns.length < periodsMin) return { ...withoutBenchmark, benchmarkReturn };
  const benchmark = held.returns;
  return {
    benchmarkReturn,
    alpha: alpha(returns, benchmark, periodsPerYear, riskFree),
    beta: beta(returns, benchmark),
    informationRatio: informationRatio(returns, benchmark, periodsPerYear),
    trackingError: trackingError(returns, benchmark, periodsPerYear),
    treynor: treynor(returns, benchmark, periodsPerYear, riskFree),
  };
}

const withoutBenchmark = {
  benchmarkReturn: null,
  alpha: null,
  beta: null,
  informationRatio: null,
  trackingError: null,
  treynor: null,
};

function significanceMetrics(input: MetricsInput, daily: DailyReturns) {
  const { returns } = daily;
  const riskFree = riskFreeReturnOf(input, daily);
  const trialCount = input.trialCount ?? null;
  const variance = input.trialSharpeVariance ?? 1 / (returns.length - 1);
  const hurdle = trialCount === null ? null : finiteOrNull(expectedMaximumSharpe(trialCount, variance));
  const sample = sharpeSampleOf(returns, riskFree);
  return {
    sharpePerPeriod: sample?.sharpe ?? sharpe(returns, 1, riskFree),
    psr: sample && probabilisticSharpe(sample),
    dsr: sample && trialCount !== null ? deflatedSharpe(sample, trialCount, variance) : null,
    expectedMaximumSharpe: hurdle,
    trialCount,
    minTrackRecordLength: sample && minTrackRecordLength(sample),
  };
}

function sharpeSampleOf(returns: Float64Array, riskFreeReturn: number): SharpeSample | null {
  const perPeriod = sharpe(returns, 1, riskFreeReturn);
  const skew = skewness(returns);
  const peakedness = kurtosis(returns);
  if (perPeriod === null || skew === null || peakedness === null) return null;
  return { sharpe: perPeriod, count: returns.length, skew, kurtosis: peakedness };
}

function accountMetrics(input: MetricsInput, { days, ends, years, periodsPerYear }: DailyReturns) {
  const traded = turnover(input.tradedNotional, averageEquity(input.equity, input.length));
  let peakEquity = input.startEquity;
  for (let row = 0; row < input.length; row++) peakEquity = Math.max(peakEquity, input.equity[row]!);
  return {
    startEquity: input.startEquity,
    finalEquity: finalEquityOf(input),
    peakEquity,
    bars: input.length,
    days: sessionCountOf(input, days),
    periods: ends.length,
    years,
    periodsPerYear,
    riskFreeRate: input.riskFreeRate ?? 0,
    exposure: exposure(input.exposureBars, input.length),
    turnover: traded,
    turnoverPerYear: turnoverPerYear(traded, years),
    feesPaid: input.feesPaid,
    slippagePaid: input.slippagePaid,
    chargesPaid: input.chargesPaid,
  };
}

/** Trading days with a bar: that of the first possible decision, and those that became periods. */
function sessionCountOf({ closeTimeMs, length, calendar }: MetricsInput, days: Int32Array): number {
  if (length === 0) return 0;
  return days.length + (days[0] === calendar.sessionOf(closeTimeMs[0]!) ? 0 : 1);
}

function finalEquityOf({ equity, length, startEquity }: MetricsInput): number {
  return length === 0 ? startEquity : equity[length - 1]!;
}

/** The risk-free return of one period, rf / N: simple and not compounded. */
function riskFreeReturnOf({ riskFreeRate }: MetricsInput, { periodsPerYear }: DailyReturns): number {
  return (riskFreeRate ?? 0) / periodsPerYear;
}
