import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import { funnelRows, zeroTradesReason } from "./funnel-rows.ts";
import type { ReportFunnel } from "./report-input.ts";

const nothing: ReportFunnel = {
  decisions: 0,
  warmingUp: 0,
  silent: 0,
  signals: 0,
  unchanged: 0,
  refused: {},
  orders: 0,
  fills: 0,
  unfilled: {},
  trades: 0,
};

test("decisions are the sum of warming up, silence and signals", () => {
  const rows = new Map(funnelRows(reportRun()).map(({ label, count }) => [label, count]));
  expect(rows.get("decisions")).toBe(
    rows.get("warming up")! + rows.get("strategy silent")! + rows.get("signals")!,
  );
  expect(rows.get("bars")).toBe(1500);
});

test("refusals are named, the most frequent first", () => {
  const input = refusedRun();
  const refused = { "rule a: x": 1, "rule b: y": 3 };
  const labels = funnelRows({ ...input, funnel: { ...nothing, refused } }).map((row) => row.label);
  expect(labels.filter((label) => label.startsWith("refused"))).toEqual([
    "refused by rule b: y",
    "refused by rule a: x",
  ]);
});

test("the reason for having no trade is the first stage that nothing passed", () => {
  const reasons: readonly (readonly [Partial<ReportFunnel>, RegExp])[] = [
    [{}, /no bar to decide on/],
    [{ decisions: 9, warmingUp: 9 }, /more history than the data have/],
    [{ decisions: 9, silent: 9 }, /never stated a target in 9 decisions/],
    [
      { decisions: 9, signals: 9, refused: { "cap: too much": 9 } },
      /refused, most of them \(9\) by cap: too much/,
    ],
    [{ decisions: 9, signals: 9, unchanged: 9 }, /changed a holding by enough/],
    [{ decisions: 9, signals: 9 }, /No signal led to an order/],
    [{ decisions: 9, signals: 9, orders: 9, unfilled: { "expired: day": 9 } }, /because expired: day/],
    [{ decisions: 9, signals: 9, orders: 9 }, /before the data ended/],
    [{ decisions: 9, signals: 9, orders: 1, fills: 1 }, /never closed/],
  ];
  for (const [funnel, pattern] of reasons)
    expect(zeroTradesReason({ ...nothing, ...funnel })).toMatch(pattern);
});
