import { conventionOf, metricDefinitions, type MetricKey } from "../metrics/metric-definitions.ts";
import type { MetricsReport } from "../metrics/metrics-report.ts";
import type { PeriodReturn } from "../metrics/period-returns.ts";
import { benchmarkName } from "./benchmark-name.ts";
import { isoText } from "./number-text.ts";
import type { ReportInput, ReportMeta } from "./report-input.ts";
import { selectionJson } from "./selection-json.ts";
import { analyseRun, type Intervals } from "./run-analysis.ts";
import { verdictOf } from "./verdict.ts";

/** Metrics of buy & hold that its equity curve alone decides. */
const curveKeys = [
  "totalReturn",
  "cagr",
  "cagrCalendar",
  "volatility",
  "sharpe",
  "sortino",
  "calmar",
  "maxDrawdown",
  "maxDrawdownPeakMs",
  "maxDrawdownTroughMs",
  "maxDrawdownRecoveryMs",
  "finalEquity",
] as const satisfies readonly MetricKey[];

/**
 * The machine-readable result of a run: what becomes result.json. Fractions (0.1 is ten per cent), base currency, UTC
 * milliseconds; `null` where a number does not exist. The schema only ever gains fields.
 */
export type ResultJson = ReturnType<typeof toResultJson>;

/** Makes the object that becomes result.json. It holds nothing that JSON cannot say. */
export function toResultJson(input: ReportInput) {
  const { meta, metrics, log } = input;
  const { worstDrawdowns, months, years, benchmark, intervals, incidents } = analyseRun(input);
  return {
    schema: "backtest@1" as const,
    ok: true as const,
    runId: meta.runId,
    title: meta.title,
    dataKind: meta.dataKind,
    seed: meta.seed,
    hash: {
      data: meta.dataHash,
      config: meta.configHash,
      code: meta.codeHash,
      decisions: input.decisionsHash,
    },
    strategy: { name: meta.strategyName, summary: meta.strategySummary, params: meta.params },
    symbols: input.instruments.map((instrument) => instrument.symbol),
    calendars: input.calendarNames,
    timeframe: input.timeframe,
    baseCurrency: input.baseCurrency,
    period: {
      firstCloseMs: log.length === 0 ? null : log.timeMs[0]!,
      lastCloseMs: log.length === 0 ? null : log.timeMs[log.length - 1]!,
      firstClose: log.length === 0 ? null : isoText(log.timeMs[0]!),
      lastClose: log.length === 0 ? null : isoText(log.timeMs[log.length - 1]!),
    },
    verdict: verdictOf(input),
    metrics,
    intervals: intervalsJson(intervals),
    benchmark:
      benchmark === null
        ? null
        : {
            name: benchmarkName(input),
            metrics: pick(benchmark.metrics),
            intervals: intervalsJson(benchmark.intervals),
          },
    conventions: conventionsOf(metrics),
    costs: meta.costs,
    funnel: input.funnel,
    trades: input.trades.length,
    monthlyReturns: months.map(periodJson),
    yearlyReturns: years.map(periodJson),
    drawdowns: worstDrawdowns,
    incidents,
    costSensitivity: input.costSensitivity ?? null,
    capacity: input.capacity ?? null,
    selection: selectionJson(input),
    checks: meta.checks,
    warnings: meta.warnings,
    sources: meta.sources,
    trialCount: meta.trialCount,
    reproduce: reproduceJson(meta),
  };
}

function intervalsJson({ totalReturn, sharpe }: Intervals) {
  return {
    totalReturn,
    sharpe,
    method: "stationary block bootstrap of returns by trading day or longer bar, percentile" as const,
  };
}

function pick(metrics: MetricsReport): Pick<MetricsReport, (typeof curveKeys)[number]> {
  return Object.fromEntries(curveKeys.map((key) => [key, metrics[key]])) as Pick<
    MetricsReport,
    (typeof curveKeys)[number]
  >;
}

function conventionsOf(metrics: MetricsReport): Readonly<Record<string, string>> {
  return Object.fromEntries(metricDefinitions.map(({ key }) => [key, conventionOf(key, metrics)]));
}

function periodJson({ year, month, returnFraction, days }: PeriodReturn) {
  return { year, month, returnFraction, days };
}

function reproduceJson({ command, kiwiVersion, nodeVersion, wallMs, configDiff }: ReportMeta) {
  return { command, kiwiVersion, nodeVersion, wallMs, configDiff };
}
