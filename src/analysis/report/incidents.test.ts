import { expect, test } from "vitest";
import { refusedRun, reportRun } from "../../../test/report-run.ts";
import { handBars } from "../../../test/strategy-harness.ts";
import { sliceBars } from "../../domain/bars.ts";
import { strategy, type AnyStrategy } from "../../ports/strategy.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { incidentsOf, incidentTexts } from "./incidents.ts";
import type { ReportInput } from "./report-input.ts";
import { renderHtml } from "./render-html.ts";
import { toResultJson } from "./result-json.ts";
import { verdictOf } from "./verdict.ts";

const shortOnce = strategy({
  name: "short-once",
  summary: "Short from the first bar on.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  memory: () => ({ isDone: false }),
  onBar({ memory, target }) {
    if (!memory.isDone) target(-1, "short");
    memory.isDone = true;
  },
}) as AnyStrategy;

const free = {
  account: { kind: "margin", cash: 2_000 },
  costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0 }, borrowRate: 0 },
} as const;

function texts(input: ReportInput): readonly string[] {
  return incidentTexts(input, incidentsOf(input));
}

// 40 units short at 50 through a gap to 400, in which nobody can close anything: 2,000 + 40 x 50 - 40 x 400 = -12,000.
test("ruin is called ruin, with its day, the debt and who ended it", () => {
  const bars = [handBars([50, 50, 50, [400, 400, 400, 400], 400, 400])];
  const input = reportRun({ bars, strategy: shortOnce, config: free });
  expect(verdictOf(input).headline).toBe(
    "The account was ruined on 2024-01-01 and owes 12,000.00 USD: a margin call closed it, and nothing after that counts.",
  );
  expect(verdictOf(input).level).toBe("refuted");
  expect(toResultJson(input).incidents.ruin).toMatchObject({
    date: "2024-01-01",
    owed: 12_000,
    byMarginCall: true,
  });
  // The days of an account that owes have no returns, and its page is drawn without them.
  const daily = [50, 50, [400, 400, 400, 400] as const, 400, 400, 400];
  const days = daily.flatMap((price) => Array.from({ length: 24 }, () => price));
  const long = reportRun({ bars: [handBars(days)], strategy: shortOnce, config: free });
  expect(verdictOf(long).headline).toContain("was ruined on");
  expect(renderHtml(long)).toContain("was ruined on");
});

test("a breaker that stops a run for good is named with the day, the rule and its limit", () => {
  const input = reportRun({ config: { risk: { rules: [{ use: "drawdown-halt", limit: 0.03 }] } } });
  const [text] = texts(input);
  expect(text).toMatch(
    /^It stopped trading on 2023-01-\d\d by drawdown-halt: the drawdown is too deep \(0\.0\d+, limit 0\.03\)/,
  );
  const { halt } = toResultJson(input).incidents;
  expect(halt).toMatchObject({ rule: "drawdown-halt", limit: 0.03 });
  expect(text).toContain(halt!.date);
  expect(verdictOf(input).reasons).toContain(text);
});

test("a breaker that lets go again stopped nothing", () => {
  const input = reportRun({ config: { risk: { rules: [{ use: "daily-loss-halt", limit: 0.02 }] } } });
  const events = Array.from({ length: input.log.events.length }, (_, row) => input.log.events.at(row));
  expect(events.filter(({ kind, text }) => kind === "alarm" && text === "clear").length).toBeGreaterThan(0);
  expect(incidentsOf(input).halt).toBeNull();
});

test("more than one refused order in twenty is told, with the reason of most", () => {
  const { orders, ordersRefused: byReason } = refusedRun().funnel;
  const [ordersRefused] = Object.values(byReason);
  expect(orders).toBe(0);
  expect(texts(refusedRun())[0]).toMatch(
    new RegExp(
      `^${ordersRefused} of ${ordersRefused} orders \\(100\\.0 %\\) were refused or rejected, most of them \\(${ordersRefused}\\) by notional-min`,
    ),
  );
  const { funnel, ...rest } = reportRun();
  const of = (count: number) =>
    incidentsOf({ ...rest, funnel: { ...funnel, orders: 100 - count, ordersRefused: { "cap: x": count } } })
      .refusals;
  expect(of(5)).toBeNull();
  expect(of(6)).toMatchObject({ count: 6, orders: 100, reason: "cap: x", reasonCount: 6 });
});

test("a symbol whose data end while it is held is named, one that ends with the run is not", () => {
  const prices = Array.from({ length: 60 }, (_, k) => 100 + (k % 3));
  const live = handBars(prices, "LIVE");
  const dead = sliceBars(handBars(prices, "DEAD"), 0, 30);
  const input = reportRun({ bars: [dead, live], strategy: buyAndHold });
  expect(texts(input)).toEqual([
    "The data of DEAD ended on 2024-01-02 with a position open: from then on it is counted at its last price.",
  ]);
  expect(toResultJson(input).incidents.endedOpen).toMatchObject([{ symbol: "DEAD", date: "2024-01-02" }]);
  expect(texts(reportRun({ bars: [live], strategy: buyAndHold }))).toEqual([]);
});

test("money that does not buy one lot is the reason, for the strategy and for buy & hold", () => {
  const prices = Array.from({ length: 40 }, () => 70_000);
  const config = { instruments: { "*": { lotSize: 1 } } };
  const input = reportRun({ bars: [handBars(prices)], strategy: buyAndHold, config });
  expect(input.funnel.unsized).toEqual({ "the money does not buy one lot (1 = 70,000 USD)": 1 });
  expect(verdictOf(input).reasons.slice(0, 2)).toEqual([
    "No signal led to an order: the money does not buy one lot (1 = 70,000 USD).",
    "Buy & hold stands at 0.00 % for the same reason.",
  ]);
  const half = reportRun({
    bars: [handBars(prices, "A"), handBars(prices, "B")],
    strategy: buyAndHold,
    config: { ...config, account: { cash: 100_000 } },
  });
  expect(Object.keys(half.funnel.unsized)).toEqual([
    "the share of the money does not buy one lot (1 A = 70,000 USD)",
  ]);
});

test("a run to which nothing happened has nothing to tell", () => {
  expect(incidentsOf(reportRun())).toEqual({ ruin: null, halt: null, refusals: null, endedOpen: [] });
});
