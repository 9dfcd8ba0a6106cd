import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import { funnelReason, funnelRows, waitingOrders } from "./funnel-rows.ts";
import type { RunConfigInput } from "../../app/config/run-config.ts";
import type { ReportFunnel } from "./report-input.ts";

const nothing: ReportFunnel = {
  bars: 9,
  decisions: 0,
  warmingUp: 0,
  silent: 0,
  signals: 0,
  overruled: {},
  unsized: {},
  unchanged: 0,
  refused: {},
  actedOn: 0,
  orders: 0,
  ordersFilled: 0,
  ordersRefused: {},
  ordersTrimmed: {},
  unfilled: {},
  fills: 0,
  marginCallFills: 0,
  assumedFills: 0,
  trades: 0,
};

const limited: RunConfigInput = {
  protection: { stopAtr: 1, takeProfitAtr: 1 },
  risk: { rules: [{ use: "position-limit", limit: 0.5 }] },
};
const halted: RunConfigInput = {
  risk: { rules: [{ use: "drawdown-halt", limit: 0.03 }] },
};

/** What is left of the bars after every loss on the way to the signals that led to an order. */
function leftOf(funnel: ReportFunnel): number {
  const rows = funnelRows({ funnel });
  const end = rows.findIndex(({ label }) => label === "signals acted on");
  return rows
    .slice(1, end)
    .reduce((left, { kind, count }) => (kind === "loss" ? left - count : left), rows[0]!.count);
}

test.each([
  ["a run that trades freely", reportRun()],
  ["a run whose every order is refused", refusedRun()],
  ["a run with stops, targets and limits", reportRun({ config: limited })],
  ["a run that a breaker stops", reportRun({ config: halted })],
  ["a run that is sized to nothing", reportRun({ config: { sizing: { use: "fixed-risk" } } })],
  ["a run that ends flat", reportRun({ config: { execution: { flattenAtEnd: true } } })],
  ["a run of three symbols", reportRun({ market: { symbols: 3 }, config: halted })],
])("every bar is accounted for: %s", (_, { funnel, bars }) => {
  expect(funnel.bars).toBe(bars.reduce((sum, table) => sum + table.length, 0));
  expect(funnel.bars).toBe(funnel.decisions);
  expect(leftOf(funnel)).toBe(funnel.actedOn);
  expect(waitingOrders(funnel)).toBeGreaterThanOrEqual(0);
});
test("an order of which only the last crumbs did not fit the account filled, and nobody refused it", () => {
  // All the money at once: the fee on the slippage, a twenty-millionth of it, is what the sum at the close leaves out.
  const { funnel, log } = reportRun({
    config: { account: { cash: 1e6 }, sizing: { use: "fixed-fraction", fraction: 1 } },
  });
  let crumbs = 0;
  for (let row = 0; row < log.events.length; row++) {
    const { kind, text } = log.events.at(row);
    if (kind === "canceled" && text.includes("last crumbs")) crumbs += 1;
  }
  expect(crumbs).toBeGreaterThan(0);
  expect(Object.keys(funnel.unfilled).filter((reason) => reason.includes("crumbs"))).toEqual([]);
  expect(funnel.ordersFilled).toBeGreaterThanOrEqual(crumbs);
  expect(waitingOrders(funnel)).toBeGreaterThanOrEqual(0);
});

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
      /^No signal led to an order: it was refused by cap: too much\.$/,
    ],
    [
      { decisions: 9, signals: 9, refused: { "cap: too much": 3 }, overruled: { "halt: deep": 6 } },
      /most of them \(6 of 9\) because it was overruled by halt: deep/,
    ],
    [
      { decisions: 1, signals: 1, unsized: { "the money does not buy one lot (1 = 460,000 USD)": 1 } },
      /the money does not buy one lot \(1 = 460,000 USD\)\.$/,
    ],
    [{ decisions: 9, signals: 9, unchanged: 9 }, /the holding was close enough/],
    [{ decisions: 9, signals: 9 }, /No signal led to an order/],
    [
      { decisions: 9, signals: 9, actedOn: 9, orders: 9, unfilled: { "expired: day": 9 } },
      /because expired: day/,
    ],
    [{ decisions: 9, signals: 9, actedOn: 9, orders: 9 }, /before the data ended/],
    [{ decisions: 9, signals: 9, actedOn: 1, orders: 1, fills: 1 }, /never closed/],
  ];
  for (const [funnel, pattern] of reasons) expect(funnelReason({ ...nothing, ...funnel })).toMatch(pattern);
});
