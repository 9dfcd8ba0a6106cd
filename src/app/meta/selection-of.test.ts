import { expect, test } from "vitest";
import { metaRun, testMeta } from "../../../test/meta-run.ts";
import { regimeAccuracy } from "../../analysis/selection/regime-accuracy.ts";
import { regimeLabels } from "../../domain/regime.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { trendFollowing } from "../../strategies/trend-following.ts";
import { executeRun } from "../runs/execute-run.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { measuredFrom } from "../runs/score-run.ts";
import { planOf } from "./plan-of.ts";
import { syntheticBars } from "../bars/synthetic-source.ts";
import { decisionRows } from "../../../test/decision-rows.ts";
import { regimeTruths, truthAt } from "./regime-truth.ts";
import { selectionOf } from "./selection-of.ts";
import { arsenalOf } from "../../selection/arsenal.ts";

const data = "synthetic:bars=3000";
const plain = metaRun({ data: "synthetic:bars=9000" });
const higher = metaRun({ data: "synthetic:bars=9000", timeframe: "4h" });

test("a rival is the strategy alone, on the same range and with the same settings", () => {
  const tradeFromMs = Date.UTC(2022, 1, 1);
  const { input, result } = metaRun({ data, tradeFromMs });
  const rival = input.selection!.rivals.find(({ name }) => name === "sma-cross")!;
  const alone = executeRun({ ...result.setup, strategy: smaCross }, { withBenchmark: false });
  expect(rival.metrics).toEqual(alone.metrics);
  expect(rival.trades).toEqual(alone.trades);
  expect(rival.log.timeMs).toEqual(alone.log.timeMs);
  expect(rival.log.timeMs[0]).toBeGreaterThanOrEqual(tradeFromMs);
});

test("equal shares choose nobody: of one strategy it enters where that strategy enters", () => {
  const { input } = metaRun({ data, strategy: testMeta({ arsenal: [{ strategy: trendFollowing }] }) });
  const [alone, shared] = input.selection!.rivals;
  expect(shared!.kind).toBe("equal-weight");
  expect(alone!.trades.length).toBeGreaterThan(3);
  // Exits come later: the shadow's stop fires within a bar, and shares follow when the bar has closed.
  const lastEntries = (rival: typeof alone) => rival!.trades.slice(-3).map(({ entryTimeMs }) => entryTimeMs);
  expect(lastEntries(shared)).toEqual(lastEntries(alone));
});

test.each([
  ["the bars themselves", plain],
  ["higher bars", higher],
])("demotions are those that the run saw: on %s", (_, { input, result }) => {
  const { demotions } = input.selection!.symbols[0]!;
  expect(demotions.length).toBeGreaterThan(0);
  const { candidates } = arsenalOf(result.session)!.runners[0]!;
  for (const [k, { demotion }] of candidates.entries()) {
    const own = demotions.filter(({ strategy }) => strategy === k);
    expect(own.findLast(({ untilMs }) => untilMs === null)?.reason ?? null).toBe(demotion);
    for (const { fromMs, untilMs } of own) if (untilMs !== null) expect(untilMs).toBeGreaterThan(fromMs);
  }
});

test("nobody who is demoted is in charge", () => {
  for (const { input } of [plain, higher]) {
    const { log, demotions } = input.selection!.symbols[0]!;
    let seen = 0;
    for (let row = 0; row < log.length; row++) {
      const timeMs = log.timeMs[row]!;
      for (const { strategy, fromMs, untilMs } of demotions) {
        if (timeMs < fromMs || timeMs >= (untilMs ?? Infinity)) continue;
        expect(log.strategy[row]).not.toBe(strategy);
        seen += 1;
      }
    }
    expect(seen).toBeGreaterThan(100);
  }
});

test("what the detector expects stands in the row of its bar", () => {
  const { log, expectedDwellBars } = higher.input.selection!.symbols[0]!;
  const sideways = regimeLabels.indexOf("sideways");
  // The detector of these tests expects 20 bars of every regime but sideways.
  for (let row = 0; row < log.length; row++)
    expect(expectedDwellBars[row]).toBe(log.label[row] === sideways ? Number.NaN : 20);
});

test("higher bars are decided on when the base bar closes that completes them", () => {
  const { rows, timeMs } = decisionRows(higher.result.ground, 0);
  const { log } = higher.input.selection!.symbols[0]!;
  expect(rows.length).toBeGreaterThan(2000);
  expect([...log.timeMs.subarray(0, log.length)]).toEqual([...timeMs.subarray(timeMs.length - log.length)]);
});

test("the truth of made-up bars is that of the market which made them, and files have none", () => {
  const [made] = syntheticBars(data, 7);
  const { bars } = made!;
  const { regime, names } = made!.truth;
  const [truth, ...others] = regimeTruths([made!, { bars }]);
  expect(others).toEqual([]);
  expect(truth!.symbol).toBe(bars.symbol);
  const named = Array.from(truth!.label, (label) => regimeLabels[label]!);
  expect(named).toEqual(Array.from(regime, (name) => names[name]!));
  expect(selectionOf(plain.result, [])!.symbols[0]!.truth).toBeNull();
});

test("a detector that says the truth is right on every bar", () => {
  const [truth] = regimeTruths(syntheticBars(data, 7));
  const symbol = plain.input.selection!.symbols[0]!;
  const { timeMs, length, strategy, posterior, switches } = symbol.log;
  const known = truthAt(truth!, timeMs, length);
  const log = { timeMs, length, strategy, posterior, switches, label: known };
  expect(regimeAccuracy([{ ...symbol, log, truth: known }])).toMatchObject({
    accuracy: 1,
    accuracyWhereNamed: 1,
  });
});

test.each([
  ["the bars themselves", plain],
  ["higher bars", higher],
])(
  "equal shares, read off the log of a choice on %s, trade as a choice of equal shares does",
  (_, { result, input }) => {
    const { setup, ground, session, log } = result;
    const { strategy } = setup;
    const whole = { ...planOf(setup)!, selector: { use: "equal-weight" } };
    const run = runBacktest(
      { ...setup, strategy: { ...strategy, plan: () => whole }, tradeFromMs: log.timeMs[0]! },
      { ground, measureFrom: measuredFrom(session) },
    );
    const shared = input.selection!.rivals.at(-1)!;
    expect(shared.trades.length).toBeGreaterThan(5);
    expect(shared.trades).toEqual(run.trades);
    expect(shared.metrics).toEqual(run.metrics);
    expect(shared.log.equity).toEqual(run.log.equity);
  },
);
