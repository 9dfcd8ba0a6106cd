import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs, formatTime } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { computeMetrics } from "./compute-metrics.ts";
import type { MetricsReport } from "./metrics-report.ts";
import { cagr } from "./growth.ts";
import { sharpe, sortino, volatility } from "./sharpe.ts";

const exchange = utcCalendar("UTC");

/** Dates and daily returns of one real strategy, from pyfolio's test data (Apache-2.0). */
function pyfolioReturns(): { readonly dates: string[]; readonly returns: number[] } {
  const path = sharedPath("fixtures", "market", "pyfolio-tearsheet", "test_returns.csv.gz");
  const lines = gunzipSync(readFileSync(path)).toString("utf8").trim().split("\n");
  const rows = lines.map((line) => line.split(","));
  return { dates: rows.map(([date]) => date!.slice(0, 10)), returns: rows.map(([, value]) => Number(value)) };
}

/** The daily bar of a date closes when the date ends; the account stands at its start when the first date begins. */
function closesOf(dates: readonly string[]): Float64Array {
  return Float64Array.of(Date.parse(dates[0]!), ...dates.map((date) => Date.parse(date) + dayMs));
}

function reportOf(dates: readonly string[], returns: readonly number[]): MetricsReport {
  let equity = 100_000;
  return computeMetrics({
    closeTimeMs: closesOf(dates),
    equity: Float64Array.of(equity, ...returns.map((value) => (equity *= 1 + value))),
    length: returns.length + 1,
    startEquity: 100_000,
    calendar: exchange,
    trades: [],
    exposureBars: 0,
    tradedNotional: 0,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
  });
}

function expectAll(
  report: MetricsReport,
  expected: Partial<Record<keyof MetricsReport, number>>,
  tolerance: number,
) {
  for (const [key, value] of Object.entries(expected)) {
    const actual = report[key as keyof MetricsReport] as number;
    expect(Math.abs(actual / value - 1), `${key}: ${actual} against ${value}`).toBeLessThan(tolerance);
  }
}

// Computed with NumPy and SciPy 1.17 from the same file.
const byNumpy = {
  totalReturn: 0.6540425002394212,
  cagr: 0.08754829097608186,
  volatility: 0.2620758902390261,
  sharpe: 0.4511213668236208,
  sortino: 0.658788235093147,
  maxDrawdown: 0.603908106989461,
  ulcerIndex: 0.22084128796121857,
  omega: 1.0851858315987706,
  tailRatio: 0.9922067201362804,
  skew: 0.1438340480630759,
  kurtosis: 8.913576549007034,
  var95: 0.024951117469199924,
  cvar95: 0.037601309948011835,
  var95Normal: 0.02668610681219778,
  cvar95Normal: 0.03358463983510982,
  var99: 0.04319315844358006,
  cvar99: 0.059167103663074996,
  var99Normal: 0.03793705159750939,
  cvar99Normal: 0.04353147380747043,
  psr: 0.8655638732906317,
  minTrackRecordLength: 3342.839768770941,
  underwaterDays: 1447,
  periods: 1511,
};

test.skipIf(!hasShared)("six years of a real strategy give what NumPy and SciPy give", () => {
  const { dates, returns } = pyfolioReturns();
  const report = reportOf(dates, returns);
  const { cagr: yearly, volatility: risk, sharpe: ratio, sortino: downside, ...others } = byNumpy;
  expectAll(report, others, 1e-11);
  const by252 = Float64Array.from(returns);
  const stated = [
    cagr(1, 1 + others.totalReturn, 1511, 252),
    volatility(by252, 252),
    sharpe(by252, 252),
    sortino(by252, 252),
  ];
  for (const [k, value] of [yearly, risk, ratio, downside].entries())
    expect(Math.abs(stated[k]! / value - 1)).toBeLessThan(1e-11);
  // 1,511 sessions in 5.99 years by the clock: the measured number of returns a year is that of the exchange.
  expect(report.periodsPerYear).toBeCloseTo(252, 0);
  expect(report.sharpe! / ratio).toBeCloseTo(1, 2);
  expect(report.cagr! / yearly).toBeCloseTo(1, 2);
  expect(formatTime(report.maxDrawdownPeakMs! - dayMs)).toBe("2007-11-06");
  expect(formatTime(report.maxDrawdownTroughMs! - dayMs)).toBe("2009-03-09");
  expect(report.maxDrawdownRecoveryMs).toBeNull();
});

test.skipIf(!hasShared)("six years of a real strategy give what plain sums over the returns give", () => {
  const { dates, returns } = pyfolioReturns();
  const n = returns.length;
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const mean = total(returns) / n;
  const deviation = Math.sqrt(total(returns.map((r) => (r - mean) ** 2)) / (n - 1));
  const downside = Math.sqrt(total(returns.map((r) => Math.min(r, 0) ** 2)) / n);
  const growth = returns.reduce((a, r) => a * (1 + r), 1);
  const ascending = returns.toSorted((a, b) => a - b);
  let wealth = 1;
  let peak = 1;
  let drawdown = 0;
  for (const r of returns) {
    wealth *= 1 + r;
    peak = Math.max(peak, wealth);
    drawdown = Math.max(drawdown, 1 - wealth / peak);
  }
  const years = (Date.parse(dates.at(-1)!) + dayMs - Date.parse(dates[0]!)) / (365.25 * dayMs);
  const perYear = n / years;
  const yearly = growth ** (1 / years) - 1;
  const plain = {
    totalReturn: growth - 1,
    cagr: yearly,
    volatility: deviation * Math.sqrt(perYear),
    sharpe: (mean / deviation) * Math.sqrt(perYear),
    sortino: (mean / downside) * Math.sqrt(perYear),
    maxDrawdown: drawdown,
    calmar: yearly / drawdown,
    // 1 % of 1510 steps is rank 15.1; the 16 worst lie at or beyond it.
    var99: -(ascending[15]! + 0.1 * (ascending[16]! - ascending[15]!)),
    cvar99: -total(ascending.slice(0, 16)) / 16,
    skew: total(returns.map((r) => (r - mean) ** 3)) / n / (deviation * Math.sqrt((n - 1) / n)) ** 3,
  };
  expectAll(reportOf(dates, returns), plain, 1e-10);
});

/** Adjusted closes of one of the two files. */
function adjustedCloses(name: "ige" | "spy"): number[] {
  const path = sharedPath("fixtures", "market", "pyalgotrade-sharpe", `sharpe-ratio-test-${name}.csv`);
  const [, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => Number(line.split(",")[6]));
}

function changes(prices: readonly number[]): Float64Array {
  return Float64Array.from(prices.slice(1), (price, i) => price / prices[i]! - 1);
}

// Chan, Quantitative Trading (2009), examples 3.4 and 3.5; data and expected values as kept by PyAlgoTrade (Apache-2.0).
test.skipIf(!hasShared)("the two Sharpe ratios of Chan's book come out", () => {
  const long = changes(adjustedCloses("ige"));
  const short = changes(adjustedCloses("spy"));
  const neutral = long.map((value, i) => (value - short[i]!) / 2);
  expect(sharpe(long, 252, 0.04 / 252)!.toFixed(4)).toBe("0.7893");
  // A market-neutral pair finances itself, so nothing is taken off.
  expect(sharpe(neutral, 252)!.toFixed(4)).toBe("0.7837");
});
