import { expect, test } from "vitest";
import { dayHistogram } from "./profit-histogram.ts";

test("every change is counted once, a day without one is named and not drawn, and the summary says how bad one of twenty was", () => {
  const returns = Float64Array.from({ length: 101 }, (_, k) => (k - 50) / 1000);
  const { csv, summary, caption } = dayHistogram(returns, "trading days");
  expect(csv.rows.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(100);
  expect(caption).toContain("over one of 101 trading days (1 without any are not drawn)");
  // Row 5 of 0 to 100 is -4.5 %.
  expect(summary).toBe(
    "Histogram of returns over 101 trading days: worst -5.00 %, one of twenty below -4.50 %, half below 0.00 %, best +5.00 %.",
  );
});

test("a run without returns has a picture of nothing and no number that is none", () => {
  const parts = dayHistogram(new Float64Array(0), "trading days");
  expect(JSON.stringify(parts)).not.toMatch(/NaN|Infinity|undefined/);
});

test("what a ruined account did after its ruin is no return and not drawn", () => {
  const { csv, summary } = dayHistogram(Float64Array.of(0.01, -10, Number.NaN, Number.NaN), "trading days");
  expect(csv.rows.reduce((sum, [, , count]) => sum + Number(count), 0)).toBe(2);
  expect(summary).toContain("over 2 trading days: worst -1,000 %");
});
