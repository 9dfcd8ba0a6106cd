import * as fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs, hourMs } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { computeMetrics } from "./compute-metrics.ts";
import type { MetricsInput } from "./metrics-report.ts";

function inputOf(equity: readonly number[], details: Partial<MetricsInput> = {}): MetricsInput {
  const values = Float64Array.from(equity);
  return {
    closeTimeMs: values.map((_, row) => (row + 1) * dayMs),
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
  const report = computeMetrics(inputOf(new Array(40).fill(1000)));
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
  expect(known(19)).toEqual([true, false, false, false, false]);
  expect(known(20)).toEqual([true, true, true, false, false]);
  expect(known(100)).toEqual([true, true, true, true, true]);
});

test("the drawdown is seen at every bar, the ratios by day", () => {
  const equity = [1000, 500, 1000, 1010, 1020, 1005];
  const report = computeMetrics(
    inputOf(equity, { closeTimeMs: Float64Array.of(8, 16, 24, 48, 72, 96).map((h) => h * hourMs) }),
  );
  expect(report.maxDrawdown).toBe(0.5);
  expect(report.maxDrawdownPeakMs).toBe(8 * hourMs);
  expect(report.maxDrawdownTroughMs).toBe(16 * hourMs);
  expect(report.maxDrawdownRecoveryMs).toBe(24 * hourMs);
  expect(report.maxDrawdownDurationMs).toBe(16 * hourMs);
  expect(report.longestDrawdownMs).toBe(24 * hourMs);
  expect([report.bars, report.days, report.underwaterDays]).toEqual([6, 4, 1]);
});

test("both growth rates are reported, by trading days and by the calendar", () => {
  const monday = Date.UTC(2024, 0, 1);
  const sessions = Float64Array.of(1, 2, 3, 4, 5, 8, 9, 10, 11, 12).map((day) => monday + day * dayMs);
  const equity = [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1010];
  const calendar = { ...utcCalendar("UTC"), periodsPerYear: 252 };
  const report = computeMetrics(inputOf(equity, { closeTimeMs: sessions, calendar }));
  expect(report.days).toBe(10);
  expect(report.cagr).toBeCloseTo(1.01 ** (252 / 10) - 1, 12);
  expect(report.cagrCalendar).toBeCloseTo(1.01 ** (365.25 / 12) - 1, 12);
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
  const report = computeMetrics(inputOf(equity, { benchmarkEquity: Float64Array.from(equity) }));
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
  const report = computeMetrics(inputOf([900, 1000, 1100, 1000], { exposureBars: 3, tradedNotional: 4000 }));
  expect([report.exposure, report.turnover]).toEqual([0.75, 4]);
  expect(report.turnoverPerYear).toBeCloseTo((4 * 365) / 4, 12);
});

test("no metric is ever NaN or infinite, whatever the account went through", () => {
  const value = fc.oneof(
    fc.double({ min: -100, max: 5000, noNaN: true }),
    fc.constantFrom(0, 1000, 1e-300, 1e12, -1000),
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 130 }), fc.boolean(), fc.nat(3), (equity, held, trialCount) => {
      const benchmark = held ? { benchmarkEquity: Float64Array.from(equity) } : {};
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
