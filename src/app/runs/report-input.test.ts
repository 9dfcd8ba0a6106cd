import { expect, test } from "vitest";
import { reportRun } from "../../../test/report-run.ts";

test("a report names every parameter, given or not, and says what trading cost", () => {
  const { meta } = reportRun({ params: { fast: 5 } });
  expect(meta.params).toEqual({ fast: 5, slow: 30, short: false });
  expect(meta.costs).toEqual(["commission rate 0.1 %", "slippage fixed 0.05 %"]);
});

test("costs that a run does not have are not named, and those it has are", () => {
  const { meta } = reportRun({
    config: {
      account: { kind: "margin" },
      costs: { fundingRate: 0.0001, latencyMs: 250, volumeShareMax: 0.1, borrowRate: 0.03 },
    },
  });
  expect(meta.costs.slice(2)).toEqual([
    "borrow fee 3 % a year",
    "funding 0.01 % every 8 hours",
    "latency 250 ms",
    "at most 10 % of a bar's volume",
  ]);
});

test("the columns of the run are read and not copied", () => {
  const input = reportRun({ market: { bars: 300 } });
  // Averages of 30 bars, and one more to compare with: the 31st bar is the first that can be decided on.
  expect(input.log.length).toBe(270);
  expect(input.calendarNames).toEqual(["24/7"]);
  expect(input.timeframe).toBe("1h");
  expect(input.benchmarkEquity!.length).toBe(270);
});
