import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { computeMetrics } from "./compute-metrics.ts";
import type { MetricsInput } from "./metrics-report.ts";

/** An account of 1,000 at time 0, and what it was worth at the end of each day from then on. */
function inputOf(days: readonly number[], details: Partial<MetricsInput> = {}): MetricsInput {
  const values = days.length === 0 ? new Float64Array(0) : Float64Array.of(1000, ...days);
  return {
    closeTimeMs: values.map((_, row) => row * dayMs),
    equity: values,
    length: values.length,
    startEquity: 1000,
    calendar: utcCalendar("UTC"),
    trades: [],
    exposureBars: 0,
    tradedNotional: 0,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
    ...details,
  };
}

test("a run without a single bar has its account and nothing else", () => {
  const report = computeMetrics(inputOf([]));
  expect([report.startEquity, report.finalEquity, report.peakEquity, report.bars, report.days]).toEqual([
    1000, 1000, 1000, 0, 0,
  ]);
  const missing = [
    report.cagr,
    report.sharpe,
    report.volatility,
    report.exposure,
    report.turnover,
    report.ulcerIndex,
  ];
  expect(missing).toEqual(new Array(6).fill(null));
  expect(report.maxDrawdown).toBe(0);
});

test("an account that never moved has no ratios, and its zero return is a fact", () => {
  const report = computeMetrics(inputOf(new Array(100).fill(1000)));
  expect([report.totalReturn, report.cagr, report.maxDrawdown, report.volatility]).toEqual([0, 0, 0, 0]);
  const { sharpe, sortino, calmar, omega, tailRatio, skew, kurtosis, psr, minTrackRecordLength } = report;
  const ratios = [sharpe, sortino, calmar, omega, tailRatio, skew, kurtosis, psr, minTrackRecordLength];
  expect(ratios).toEqual(new Array(9).fill(null));
  expect([report.maxDrawdownPeakMs, report.maxDrawdownTroughMs, report.averageDrawdown]).toEqual([
    null,
    null,
    null,
  ]);
});

test("a small sample leaves out what it cannot know, one metric after the other", () => {
  const wave = Array.from({ length: 100 }, (_, i) => 1000 + 10 * Math.sin(i) + i);
  const known = (days: number) => {
    const { var95, tailRatio, var99, cvar99, sharpe } = computeMetrics(inputOf(wave.slice(0, days)));
    return [sharpe, tailRatio, var95, var99, cvar99].map((value) => value !== null);
  };
  expect(known(1)).toEqual([false, false, false, false, false]);
  expect(known(9)).toEqual([false, false, false, false, false]);
  expect(known(19)).toEqual([true, false, false, false, false]);
  expect(known(20)).toEqual([true, true, true, false, false]);
  expect(known(100)).toEqual([true, true, true, true, true]);
});

test("the drawdown is seen at every bar, the ratios by day", () => {
  const equity = [1000, 500, 1000, 1010, 1020, 1005];
  const report = computeMetrics(
    inputOf(equity, { closeTimeMs: Float64Array.of(0, 8, 16, 24, 48, 72, 96).map((h) => h * hourMs) }),
  );
  expect(report.maxDrawdown).toBe(0.5);
  expect(report.maxDrawdownPeakMs).toBe(8 * hourMs);
  expect(report.maxDrawdownTroughMs).toBe(16 * hourMs);
  expect(report.maxDrawdownRecoveryMs).toBe(24 * hourMs);
  expect(report.maxDrawdownDurationMs).toBe(16 * hourMs);
  expect(report.longestDrawdownMs).toBe(24 * hourMs);
  expect([report.bars, report.periods, report.underwaterDays]).toEqual([7, 4, 1]);
});

test("a year is what the clock says: 52 weekly bars are a year and not 52 of 252 days", () => {
  // +1.2 % and -0.8 % in turn for 52 weeks, which are 364 days.
  let value = 1000;
  const weeks = Array.from({ length: 52 }, (_, k) => (value *= k % 2 === 0 ? 1.012 : 0.992));
  const closeTimeMs = Float64Array.from({ length: 53 }, (_, week) => week * 7 * dayMs);
  const report = computeMetrics(inputOf(weeks, { closeTimeMs }));
  expect(report.years).toBeCloseTo(364 / 365.25, 12);
  expect(report.periodsPerYear).toBeCloseTo((52 * 365.25) / 364, 12);
  expect(report.cagr).toBeCloseTo((1.012 * 0.992) ** ((26 * 365.25) / 364) - 1, 12);
  // Mean 0.2 %, deviation 1 % with the factor sqrt(52 / 51) of a sample.
  expect(report.sharpe).toBeCloseTo((0.2 / Math.sqrt(52 / 51)) * Math.sqrt((52 * 365.25) / 364), 10);
});

test("what is said of a year needs a quarter: below 90 days there is no growth a year", () => {
  const known = (days: number) => {
    const { cagr, calmar, turnoverPerYear } = computeMetrics(
      inputOf(
        Array.from({ length: days }, (_, k) => 1000 + 10 * Math.sin(k) + k),
        { tradedNotional: 10 },
      ),
    );
    return [cagr, calmar, turnoverPerYear].map((value) => value !== null);
  };
  expect(known(7)).toEqual([false, false, false]);
  expect(known(89)).toEqual([false, false, false]);
  expect(known(90)).toEqual([true, true, true]);
});

test("a year without bars in the middle is a year that passed", () => {
  const equity = [...Array.from({ length: 99 }, (_, k) => 1000 + k), 1100, 1100];
  const closeTimeMs = Float64Array.from({ length: 102 }, (_, row) => (row < 101 ? row : 100 + 630.5) * dayMs);
  const report = computeMetrics(inputOf(equity, { closeTimeMs }));
  expect(report.years).toBeCloseTo(2, 12);
  expect(report.cagr).toBeCloseTo(Math.sqrt(1.1) - 1, 12);
});

test("the risk-free rate per year is taken off day by day", () => {
  const equity = Array.from({ length: 60 }, (_, i) => 1000 * 1.0001 ** (i + 1) * (1 + 0.01 * Math.sin(i)));
  const plain = computeMetrics(inputOf(equity));
  const excess = computeMetrics(inputOf(equity, { riskFreeRate: 0.0365 }));
  expect(excess.sharpe).toBeCloseTo(plain.sharpe! - 0.0365 / plain.volatility!, 10);
  expect(excess.riskFreeRate).toBe(0.0365);
});

test("the benchmark starts with the same equity and is measured on the same days", () => {
  const equity = Array.from({ length: 40 }, (_, i) => 1000 + 20 * Math.sin(i));
  const report = computeMetrics(inputOf(equity, { benchmarkEquity: Float64Array.of(1000, ...equity) }));
  expect(report.benchmarkReturn).toBe(report.totalReturn);
  expect(report.beta).toBeCloseTo(1, 12);
  expect(report.alpha).toBeCloseTo(0, 12);
  expect([report.trackingError, report.informationRatio]).toEqual([0, null]);
  const { benchmarkReturn, alpha, beta, treynor } = computeMetrics(inputOf(equity));
  expect([benchmarkReturn, alpha, beta, treynor]).toEqual([null, null, null, null]);
});

test("trials deflate: without a count there is no deflated Sharpe ratio, and one trial is the probabilistic one", () => {
  const equity = Array.from({ length: 200 }, (_, i) => 1000 + i + 30 * Math.sin(i));
  const unknown = computeMetrics(inputOf(equity));
  expect([unknown.dsr, unknown.expectedMaximumSharpe, unknown.trialCount]).toEqual([null, null, null]);
  const one = computeMetrics(inputOf(equity, { trialCount: 1 }));
  expect(one.dsr).toBe(one.psr);
  const many = computeMetrics(inputOf(equity, { trialCount: 100 }));
  expect(many.dsr).toBeLessThan(many.psr!);
  // Skill-less trials of n returns have Sharpe ratios with the variance 1 / (n - 1).
  const given = computeMetrics(inputOf(equity, { trialCount: 100, trialSharpeVariance: 1 / 199 }));
  expect(given.dsr).toBe(many.dsr);
});

test("exposure and turnover are shares of bars and of mean equity", () => {
  const equity = Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 900 : 1100));
  const report = computeMetrics(inputOf(equity, { exposureBars: 50, tradedNotional: 4000 }));
  expect([report.exposure, report.turnover]).toEqual([50 / 101, 4]);
  expect(report.turnoverPerYear).toBeCloseTo((4 * 365.25) / 100, 12);
});

test("no metric is ever NaN or infinite, whatever the account went through", () => {
  const value = fc.oneof(
    fc.double({ min: -100, max: 5000, noNaN: true }),
    fc.constantFrom(0, 1000, 1e-300, 1e12, -1000),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 130 }), fc.boolean(), fc.nat(3), (equity, held, trialCount) => {
      const benchmark =
        held && equity.length > 0 ? { benchmarkEquity: Float64Array.of(1000, ...equity) } : {};
      const report = computeMetrics(
        inputOf(equity, { ...benchmark, trialCount, exposureBars: 1, tradedNotional: 10 }),
      );
      for (const [key, number] of Object.entries(report)) {
        if (typeof number === "number") expect(Number.isFinite(number), key).toBe(true);
        else expect(number === null || typeof number === "boolean", key).toBe(true);
      }
    }),
    { seed: 59 },
  );
});
