import type { MetricKey } from "../metrics/metric-definitions.ts";
import type { MetricsReport } from "../metrics/metrics-report.ts";
import type { BootstrapInterval } from "../statistics/bootstrap.ts";
import { countText, moneyText, notAvailable, percentText, ratioText } from "./number-text.ts";
import type { ReportInput } from "./report-input.ts";
import { analyseRun, type BenchmarkAnalysis, type RunAnalysis } from "./run-analysis.ts";
import { dateText } from "./run-facts.ts";

/** One line of the comparison with buy & hold; empty text where a column has nothing to say. */
export type HeadlineRow = {
  readonly label: string;
  /** The metric whose convention explains the line. */
  readonly key: MetricKey;
  readonly strategy: string;
  readonly strategyInterval: string;
  readonly benchmark: string;
  readonly benchmarkInterval: string;
};

type Text = (value: number | null) => string;
const signedPercent: Text = (value) => percentText(value, { signed: true });
const plainPercent: Text = (value) => percentText(value);

/** The comparison of the strategy with buy & hold: the same lines in the terminal and in the page. */
export function headlineRows(input: ReportInput): readonly HeadlineRow[] {
  const { metrics } = input;
  const analysis = analyseRun(input);
  const both = (label: string, key: MetricKey, text: Text): HeadlineRow => ({
    label,
    key,
    strategy: text(metrics[key]),
    strategyInterval: intervalOf(key, analysis, text),
    benchmark: analysis.benchmark === null ? notAvailable : text(analysis.benchmark.metrics[key]),
    benchmarkInterval: analysis.benchmark === null ? "" : intervalOf(key, analysis.benchmark, text),
  });
  const own = (label: string, key: MetricKey, strategy: string): HeadlineRow => ({
    label,
    key,
    strategy,
    strategyInterval: "",
    benchmark: "",
    benchmarkInterval: "",
  });
  return [
    both("Return", "totalReturn", signedPercent),
    both("CAGR", "cagr", signedPercent),
    both("Max drawdown", "maxDrawdown", plainPercent),
    drawdownDates(input, analysis.benchmark),
    both("Sharpe", "sharpe", ratioText),
    both("Sortino", "sortino", ratioText),
    both("Calmar", "calmar", ratioText),
    both("Volatility", "volatility", plainPercent),
    own("Exposure", "exposure", percentText(metrics.exposure)),
    own("Trades", "trades", countText(metrics.trades)),
    own("Win rate", "winRate", percentText(metrics.winRate)),
    own("Profit factor", "profitFactor", ratioText(metrics.profitFactor)),
    own("Expectancy", "expectancy", expectancyText(input)),
    own("Costs paid", "feesPaid", costsText(input)),
  ];
}

/** Everything paid for trading: commissions, slippage and holding charges, in base currency. */
export function costsPaid({ feesPaid, slippagePaid, chargesPaid }: MetricsReport): number {
  return feesPaid + slippagePaid + chargesPaid;
}

function intervalOf(key: MetricKey, { intervals }: Pick<RunAnalysis, "intervals">, text: Text): string {
  if (key !== "totalReturn" && key !== "sharpe") return "";
  return intervalText(intervals[key], text);
}

function intervalText(interval: BootstrapInterval | null, text: Text): string {
  return interval === null ? notAvailable : `${text(interval.low)} to ${text(interval.high)}`;
}

function drawdownDates(input: ReportInput, benchmark: BenchmarkAnalysis | null): HeadlineRow {
  return {
    label: "  peak to trough",
    key: "maxDrawdownPeakMs",
    strategy: datesText(input, input.metrics),
    strategyInterval: "",
    benchmark: benchmark === null ? "" : datesText(input, benchmark.metrics),
    benchmarkInterval: "",
  };
}

function datesText(input: ReportInput, { maxDrawdownPeakMs, maxDrawdownTroughMs }: MetricsReport): string {
  if (maxDrawdownPeakMs === null || maxDrawdownTroughMs === null) return notAvailable;
  return `${dateText(input, maxDrawdownPeakMs)} to ${dateText(input, maxDrawdownTroughMs)}`;
}

function expectancyText({ metrics, baseCurrency }: ReportInput): string {
  if (metrics.expectancy === null) return notAvailable;
  return `${moneyText(metrics.expectancy, { signed: true })} ${baseCurrency}`;
}

function costsText({ metrics, baseCurrency }: ReportInput): string {
  return `${moneyText(costsPaid(metrics))} ${baseCurrency}`;
}
