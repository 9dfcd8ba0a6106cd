import { expect, test } from "vitest";
import { utcCalendar } from "../../domain/calendar/always-open.ts";
import { computeMetrics } from "./compute-metrics.ts";
import { conventionOf, metricDefinitions } from "./metric-definitions.ts";

const values = { periodsPerYear: 252.3389, riskFreeRate: 0.02 };

test("every number of the report stands beside its convention, and no convention is without its number", () => {
  const report = computeMetrics({
    closeTimeMs: new Float64Array(0),
    equity: new Float64Array(0),
    length: 0,
    startEquity: 1000,
    calendar: utcCalendar("UTC"),
    trades: [],
    exposureBars: 0,
    tradedNotional: 0,
    feesPaid: 0,
    slippagePaid: 0,
    chargesPaid: 0,
  });
  const { sqnReliable, ...numbers } = report;
  expect(sqnReliable).toBe(false);
  expect(metricDefinitions.map(({ key }) => key).sort()).toEqual(Object.keys(numbers).sort());
});

test("every convention says its formula, its source and which way is better", () => {
  for (const { key, label, convention, source } of metricDefinitions) {
    for (const text of [label, convention, source]) expect(text.length, key).toBeGreaterThan(2);
  }
  expect(new Set(metricDefinitions.map(({ label }) => label)).size).toBe(metricDefinitions.length);
});

test("a convention names the values of N and rf exactly where its formula uses them", () => {
  expect(conventionOf("sharpe", values)).toMatch(/ddof 1.*; N = 252.34 per year, rf = 0.02 per year$/);
  expect(conventionOf("volatility", values)).toMatch(/; N = 252.34 per year$/);
  expect(conventionOf("winRate", values)).not.toMatch(/252|0\.02/);
});
