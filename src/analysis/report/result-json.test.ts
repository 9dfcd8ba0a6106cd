import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import { metricDefinitions } from "../metrics/metric-definitions.ts";
import { toResultJson } from "./result-json.ts";

const input = reportRun({
  facts: { costSensitivity: [{ costMultiple: 0, totalReturn: 0.1, sharpe: null }] },
});
const result = toResultJson(input);

test("result.json survives JSON: nothing is lost and nothing is NaN", () => {
  for (const each of [result, toResultJson(refusedRun()), toResultJson(reportRun({ market: { bars: 12 } }))])
    expect(strangersIn(each)).toEqual([]);
});

/** Paths of everything that JSON would drop or turn into null. */
function strangersIn(value: unknown, path = "$"): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (value === undefined || typeof value === "function") return [path];
  if (value === null || typeof value !== "object") return [];
  if (ArrayBuffer.isView(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => strangersIn(inner, `${path}.${name}`));
}

test("it says what it is, and which run", () => {
  expect(result).toMatchObject({
    schema: "backtest@1",
    ok: true,
    runId: "run-1",
    dataKind: "synthetic",
    seed: 42,
    symbols: ["SYN1"],
    timeframe: "1h",
    hash: { data: "d".repeat(64), decisions: input.decisionsHash },
    trades: input.trades.length,
    funnel: input.funnel,
    costSensitivity: [{ costMultiple: 0, totalReturn: 0.1, sharpe: null }],
  });
});

test("every metric is there with its convention, and n/a is null", () => {
  expect(result.metrics).toEqual(input.metrics);
  expect(Object.keys(result.conventions)).toEqual(metricDefinitions.map(({ key }) => key));
  const none = toResultJson(refusedRun());
  expect(none.metrics.sharpe).toBeNull();
  expect(none.intervals.totalReturn).toBeNull();
});

test("months compound to the total return", () => {
  const growth = result.monthlyReturns.reduce((product, month) => product * (1 + month.returnFraction!), 1);
  expect(growth - 1).toBeCloseTo(input.metrics.totalReturn!, 10);
});

test("the deepest drawdown of the table is the maximum drawdown", () => {
  expect(result.drawdowns[0]!.depth).toBe(input.metrics.maxDrawdown);
});

test("an interval holds its estimate, which is the metric", () => {
  const { totalReturn, sharpe } = result.intervals;
  expect(totalReturn!.estimate).toBeCloseTo(input.metrics.totalReturn!, 10);
  expect(sharpe!.estimate).toBe(input.metrics.sharpe);
  expect(totalReturn!.low).toBeLessThan(totalReturn!.high);
});

test("the same run gives the same intervals, and another seed gives others", () => {
  expect(toResultJson({ ...input }).intervals).toEqual(result.intervals);
  const other = toResultJson({ ...input, meta: { ...input.meta, seed: 43 } });
  expect(other.intervals.totalReturn!.low).not.toBe(result.intervals.totalReturn!.low);
});
