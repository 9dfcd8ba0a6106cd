import { expect, test } from "vitest";
import type { MetricsReport } from "../../analysis/metrics/metrics-report.ts";
import { readFailConditions, tryFailConditions } from "./fail-conditions.ts";

test.each([
  ["sharpe<1", false],
  ["sharpe<=1", true],
  ["sharpe>1", false],
  ["sharpe>=1", true],
  ["sharpe==1", true],
  ["sharpe<=0.99", false],
  ["sharpe>=1.01", false],
])("a Sharpe ratio of exactly 1 and the condition %s: fails %s", (text, fails) => {
  const [outcome] = tryFailConditions(readFailConditions([text]), { sharpe: 1 } as unknown as MetricsReport);
  expect(outcome).toMatchObject({ value: 1, failed: fails });
});
