import { computeMetrics } from "../../analysis/metrics/compute-metrics.ts";
import { maxDrawdownOf } from "../../analysis/metrics/drawdown.ts";
import { periodsPerYearOf, yearsBetween } from "../../analysis/metrics/measured-time.ts";
import type { MetricKey } from "../../analysis/metrics/metric-definitions.ts";
import { scoreCurve } from "../../analysis/metrics/score-curve.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { Trade } from "../../domain/trade.ts";
import type { DecisionLog } from "../../engine/decision-log/decision-log.ts";
import type { TradeBook } from "../../engine/execution/trade-book.ts";
import type { Measures } from "./trial.ts";

/** What every trial is measured by; anything else costs a whole table of metrics. */
const quickKeys = ["totalReturn", "sharpe", "maxDrawdown", "trades"] as const satisfies readonly MetricKey[];
/** Metrics that no trial has: sums over a whole run, which mean nothing on a part of it, and those beside a benchmark, which is not run. */
export const unmeasuredKeys: readonly MetricKey[] = [
  "exposure",
  "turnover",
  "turnoverPerYear",
  "feesPaid",
  "slippagePaid",
  "chargesPaid",
  "dsr",
  "trialCount",
  "expectedMaximumSharpe",
  "benchmarkReturn",
  "alpha",
  "beta",
  "informationRatio",
  "trackingError",
  "treynor",
];

/** A finished run, and how its rows are cut into periods. */
export type MeasuredRun = {
  readonly log: Pick<DecisionLog, "timeMs" | "equity">;
  readonly trades: Pick<TradeBook, "closed" | "countWithin">;
  readonly calendar: Calendar;
  /** The last row of every trading day. */
  readonly ends: Int32Array;
};

/**
 * The metrics of the rows from `from`, where the account stands at its start, to `to`, the last one: the numbers that a
 * whole report gives these rows, to the last bit.
 */
export function measureRows(
  run: MeasuredRun,
  from: number,
  to: number,
  keys: readonly MetricKey[],
): Measures {
  const { log, calendar } = run;
  const { timeMs, equity } = log;
  if (to <= from)
    return Object.fromEntries([...quickKeys, ...keys].map((key) => [key, key === "trades" ? 0 : null]));
  const start = equity[from]!;
  const afterMs = from === 0 ? -Infinity : timeMs[from]!;
  const quick = quickMeasures(run, from, to, run.trades.countWithin(afterMs, timeMs[to]!));
  const others = keys.filter((key) => !(key in quick));
  if (others.length === 0) return quick;
  const whole = computeMetrics({
    closeTimeMs: timeMs.subarray(from, to + 1),
    equity: equity.subarray(from, to + 1),
    length: to + 1 - from,
    startEquity: start,
    calendar,
    trades: tradesWithin(run.trades.closed, afterMs, timeMs[to]!),
    exposureBars: 0,
    tradedNotional: 0,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
  });
  return { ...quick, ...Object.fromEntries(others.map((key) => [key, whole[key]])) };
}

function quickMeasures({ log, calendar, ends }: MeasuredRun, from: number, to: number, trades: number) {
  const { timeMs, equity } = log;
  const own = ends.subarray(firstAbove(ends, from), firstAbove(ends, to));
  // The last day may end after the last row: what it is worth by then is its end here.
  const measured = own.length > 0 && own.at(-1) === to ? own : withLast(own, to);
  const years = yearsBetween(timeMs[from]!, timeMs[to]!);
  const { totalReturn, sharpe } = scoreCurve(
    equity,
    measured,
    equity[from]!,
    periodsPerYearOf(measured.length, years, calendar.periodsPerYear),
  );
  return {
    totalReturn,
    sharpe,
    maxDrawdown: maxDrawdownOf(equity.subarray(from, to + 1), to + 1 - from, equity[from]!),
    trades,
  };
}

function withLast(ends: Int32Array, to: number): Int32Array {
  const longer = new Int32Array(ends.length + 1);
  longer.set(ends);
  longer[ends.length] = to;
  return longer;
}

/** Closed trades are in the order of their exits. */
function tradesWithin(trades: readonly Trade[], afterMs: number, untilMs: number): readonly Trade[] {
  const { length } = trades;
  if (length === 0 || (trades[0]!.exitTimeMs > afterMs && trades[length - 1]!.exitTimeMs <= untilMs))
    return trades;
  return trades.filter(({ exitTimeMs }) => exitTimeMs > afterMs && exitTimeMs <= untilMs);
}

/** Place of the first entry above `value` in ascending rows. */
export function firstAbove(
  rows: { readonly length: number; readonly [row: number]: number },
  value: number,
): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
