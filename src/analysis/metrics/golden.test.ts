import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hasShared, sharedPath } from "../../../test/shared.ts";
import { dayMs } from "../../base/time.ts";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import type { InstrumentIndex } from "../../domain/instrument.ts";
import type { Trade } from "../../domain/trade.ts";
import { mean, sampleDeviation } from "../statistics/moments.ts";
import { probabilisticSharpe } from "../statistics/probabilistic-sharpe.ts";
import { computeMetrics } from "./compute-metrics.ts";
import { simpleReturns } from "./daily-returns.ts";
import { calmar } from "./drawdown-ratios.ts";
import { cagr } from "./growth.ts";
import type { MetricsReport } from "./metrics-report.ts";
import { sharpe, sortino } from "./sharpe.ts";

// One account: 20 daily returns and 8 trades. Expected values: the golden vector of the project's vocabulary paper, with
// formulas re-derived from vectorbt, Jesse, NautilusTrader, LEAN and Bailey and Lopez de Prado.
const equity = Float64Array.of(
  1012,
  1012,
  1004,
  1004,
  1019,
  1019,
  1019,
  1011,
  1011,
  1031,
  1031,
  1031,
  1026,
  1026,
  1026,
  1035,
  1035,
  1035,
  1032,
  1032,
);
const pnls = [12, -8, 15, -8, 20, -5, 9, -3];
const trades = pnls.map((pnl, i): Trade => ({
  instrument: 0 as InstrumentIndex,
  side: "long",
  entryTimeMs: i * dayMs,
  exitTimeMs: (i + 1) * dayMs,
  entryPrice: 100,
  exitPrice: 100 + pnl,
  quantity: 1,
  pnl,
  returnFraction: pnl / 100,
  feesPaid: 0,
  slippageCost: 0,
  mae: 0,
  mfe: 0,
  barsHeld: 1,
  entryReason: "test",
  exitReason: "test",
}));

/** The ratios with the number of returns a year that their authors state, instead of the one measured. */
type Stated = MetricsReport & { readonly sharpe: number; readonly sortino: number; readonly calmar: number };

function reportWith(trialCount: number, periodsPerYear = 365): Stated {
  const report = measuredWith(trialCount);
  const returns = simpleReturns(equity, 1000);
  return {
    ...report,
    sharpe: sharpe(returns, periodsPerYear)!,
    sortino: sortino(returns, periodsPerYear)!,
    calmar: calmar(cagr(1000, 1032, 20, periodsPerYear), report.maxDrawdown)!,
  };
}

/** Row 0 is the account before its first day. */
function measuredWith(trialCount: number): MetricsReport {
  return computeMetrics({
    closeTimeMs: Float64Array.from({ length: 21 }, (_, row) => row * dayMs),
    equity: Float64Array.of(1000, ...equity),
    length: 21,
    startEquity: 1000,
    calendar: utcCalendar("UTC"),
    trades,
    exposureBars: 10,
    tradedNotional: 5000,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
    trialCount,
    trialSharpeVariance: 0.05 ** 2,
  });
}

function expectSame(actual: number | null, expected: number): void {
  expect(actual).not.toBeNull();
  expect(Math.abs(actual! / expected - 1), `${actual} against ${expected}`).toBeLessThan(1e-12);
}

test("the account of the vocabulary has every metric of the vocabulary, to 1e-12", () => {
  const report = reportWith(10);
  expectSame(report.sharpe, 4.343713381440243);
  expectSame(report.sortino, 10.940124207211124);
  expectSame(report.maxDrawdown, 0.007905138339920948);
  expectSame(report.calmar, 98.27344459166069);
  expectSame(report.totalReturn, 0.03200000000000003);
  expectSame(report.winRate, 0.5);
  expectSame(report.profitFactor, 2.3333333333333335);
  expectSame(report.expectancy, 4);
  expectSame(report.expectancyRatio, 0.6666666666666667);
  expectSame(report.sqn, 1.0067644514152674);
  expectSame(report.kelly, 0.2857142857142857);
  expectSame(report.sharpePerPeriod, 0.22736034967210533);
  expectSame(report.skew, 1.204811821086238);
  expectSame(report.kurtosis, 3.9281297967466906);
  expectSame(report.psr, 0.8715787112386999);
  expectSame(report.expectedMaximumSharpe, 0.0787299150672875);
  expectSame(report.dsr, 0.7707277793505638);
  expectSame(report.minTrackRecordLength, 40.98247795869331);
  expectSame(reportWith(100).expectedMaximumSharpe, 0.12653014466008425);
  expectSame(reportWith(100).dsr, 0.6924678471319718);
});

test("measured by the clock, twenty days of a market that never closes are 365.25 returns a year", () => {
  const measured = measuredWith(10);
  expect([measured.periods, measured.periodsPerYear]).toEqual([20, 365.25]);
  expectSame(measured.sharpe, 4.343713381440243 * Math.sqrt(365.25 / 365));
  expectSame(measured.sortino, 10.940124207211124 * Math.sqrt(365.25 / 365));
  expect([measured.cagr, measured.calmar, measured.turnoverPerYear]).toEqual([null, null, null]);
});

type Golden = Record<string, number> & {
  readonly equity: readonly number[];
  readonly sharpe_by_anchor: Record<string, number>;
  readonly sortino_by_anchor: Record<string, number>;
  readonly calmar_by_anchor: Record<string, number>;
};

function readGolden(): Golden {
  return JSON.parse(readFileSync(sharedPath("fixtures", "golden", "metrics_golden.json"), "utf8"));
}

test.skipIf(!hasShared)("the golden file agrees with the report wherever the convention is ours", () => {
  const golden = readGolden();
  const ours = reportWith(10);
  const sessions = reportWith(10, 252);
  expect([1000, ...equity]).toEqual(golden.equity);
  const own: readonly (readonly [number | null, number | undefined])[] = [
    [ours.sharpe, golden.sharpe_by_anchor["vectorbt (365, ddof1) / jesse (365, ddof1)"]],
    [sessions.sharpe, golden.sharpe_by_anchor["nautilus (252, ddof1)"]],
    [ours.sortino, golden.sortino_by_anchor["vectorbt (365, RMS over n)"]],
    [sessions.sortino, golden.sortino_by_anchor["nautilus (252)"]],
    [ours.calmar, golden.calmar_by_anchor["vectorbt (365/n)"]],
    [ours.calmar, golden.calmar_by_anchor["jesse (calendar days, index keeps the first NaN row => n days)"]],
    [sessions.calmar, golden.calmar_by_anchor["nautilus (252/n)"]],
    [ours.maxDrawdown, golden["max_drawdown"]],
    [ours.totalReturn, golden["net_return"]],
    [ours.winRate, golden["win_rate"]],
    [ours.profitFactor, golden["profit_factor"]],
    [ours.expectancy, golden["expectancy_abs"]],
    [ours.expectancyRatio, golden["expectancy_ratio (LEAN form: winRate*PLR - lossRate)"]],
    [ours.sqn, golden["sqn_sample_std (backtesting.py, vectorbt)"]],
    [ours.kelly, golden["kelly (backtesting.py)"]],
    [ours.sharpePerPeriod, golden["sr_per_obs"]],
    [ours.skew, golden["skew"]],
    [ours.kurtosis, golden["kurtosis_raw"]],
    [ours.psr, golden["PSR(0) raw kurtosis"]],
    [ours.expectedMaximumSharpe, golden["SR0 N=10 var=0.05^2"]],
    [ours.dsr, golden["DSR N=10"]],
    [reportWith(100).expectedMaximumSharpe, golden["SR0 N=100 var=0.05^2"]],
    [reportWith(100).dsr, golden["DSR N=100"]],
    [ours.minTrackRecordLength, golden["MinTRL(95%, SR*=0)"]],
  ];
  for (const [actual, expected] of own) expectSame(actual, expected!);
});

test.skipIf(!hasShared)("the other conventions of the golden file follow from the same returns", () => {
  const golden = readGolden();
  const returns = simpleReturns(equity, 1000);
  const average = mean(returns);
  const deviation = sampleDeviation(returns);
  const population = deviation * Math.sqrt(19 / 20);
  const downside = Math.sqrt(mean(returns.map((value) => Math.min(value, 0) ** 2)));
  const losers = sampleDeviation(returns.filter((value) => value < 0));
  const yearly = (periods: number) => (1 + average) ** periods - 1;
  const drawdown = golden["max_drawdown"]!;
  expectSame(average, golden["mean_daily"]!);
  expectSame(deviation, golden["std_sample"]!);
  expectSame(downside, golden["downside_rms"]!);

  // backtesting.py annualises the geometric mean and the variance of a product of independent returns.
  const geometric = 1.032 ** (1 / 20);
  const grown = cagr(1000, 1032, 20, 365)!;
  const grownVolatility = Math.sqrt((deviation ** 2 + geometric ** 2) ** 365 - geometric ** 730);
  // freqtrade looks at trades as fractions of the starting balance, per day of the backtest.
  const profits = Float64Array.from(pnls, (pnl) => pnl / 1000);
  const perDay = profits.reduce((a, b) => a + b) / 20;
  const spreadOf = (values: Float64Array) => sampleDeviation(values) * Math.sqrt(1 - 1 / values.length);
  const levels = equity.map((value) => value - 1000);

  const others: readonly (readonly [number, string, number])[] = [
    [4.4407, "LEAN (252 default equities, rf=0)", yearly(252) / (deviation * Math.sqrt(252))],
    [5.8929, "LEAN (365 crypto brokerage, rf=0)", yearly(365) / (deviation * Math.sqrt(365))],
    [3.2434, "backtesting.py (365, geometric)", grown / grownVolatility],
    [3.5075, "qlib information_ratio (238, arithmetic)", (average / deviation) * Math.sqrt(238)],
    [
      3.703,
      "backtrader Days, annualize=True, rf=0 (252, population std)",
      (average / population) * Math.sqrt(252),
    ],
    [0.4547, "FinRL ensemble validation (sqrt 4 on daily)", (average / deviation) * 2],
    [
      2.9079,
      "freqtrade (per-trade population std, /days, sqrt365)",
      (perDay / spreadOf(profits)) * Math.sqrt(365),
    ],
    [
      2.1404,
      "hummingbot v2 backtest (cumulative PnL level, not annualised)",
      mean(levels) / sampleDeviation(levels),
    ],
    [
      11.2103,
      "jesse (365; len() also counts the first NaN row, so n+1)",
      (average / downside) * Math.sqrt(365 * (21 / 20)),
    ],
    [12.777, "LEAN (252; sample std of the negative returns only)", yearly(252) / (losers * Math.sqrt(252))],
    [14.5575, "backtesting.py (365; geometric numerator)", grown / (downside * Math.sqrt(365))],
    [
      14.4099,
      "freqtrade (population std of losing trades)",
      (perDay / spreadOf(profits.filter((p) => p < 0))) * Math.sqrt(365),
    ],
    [98.2734, "backtesting.py (geometric daily ^365)", grown / drawdown],
    [386.6847, "freqtrade (mean daily % / mdd * sqrt365)", ((perDay * 100) / drawdown) * Math.sqrt(365)],
    [1.0763, "sqn_population_std (backtrader)", (Math.sqrt(8) * 4) / spreadOf(Float64Array.from(pnls))],
  ];
  const anchors = {
    ...golden.sharpe_by_anchor,
    ...golden.sortino_by_anchor,
    ...golden.calmar_by_anchor,
    ...golden,
  };
  for (const [rounded, name, derived] of others) {
    expect(derived).toBeCloseTo(rounded, 3);
    expectSame(derived, anchors[name as keyof typeof anchors] as number);
  }
});

test.skipIf(!hasShared)(
  "feeding excess kurtosis to the probabilistic Sharpe ratio gives the known wrong number",
  () => {
    const golden = readGolden();
    const sample = { sharpe: golden["sr_per_obs"]!, count: 20, skew: golden["skew"]! };
    const mistaken = probabilisticSharpe({ ...sample, kurtosis: golden["kurtosis_raw"]! - 3 });
    expectSame(mistaken, golden["PSR(0) if excess kurtosis is used by mistake"]!);
  },
);
