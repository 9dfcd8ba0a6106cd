import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { sliceBars } from "../../domain/bars.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { executeRun } from "./execute-run.ts";
import { capacityOf, costSensitivity } from "./reruns.ts";
import { strategyNamed } from "../plugins/registry.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { atAccountSizes } from "../session/account-sizes.ts";
import { atScaledCosts } from "../session/scaled-costs.ts";
import { withTrialCount } from "./with-trial-count.ts";

const [bars] = syntheticMarket({ seed: 3, symbols: 1, timeframe: "1h", bars: 3000, startMs: 0 }).bars;
const config = runConfigSchema.parse({});
const from = 1000;
const tradeFromMs = bars!.closeTimeMs[from]!;

function setupOf(name: string, more: Partial<BacktestSetup> = {}): BacktestSetup {
  return { bars: [bars!], strategy: strategyNamed(name), params: {}, config, ...more };
}

// buy-and-hold needs no history, so bars before the range must change nothing at all.
test("a run from a day on is the run over the bars of that day on, for a strategy without memory of before", () => {
  const whole = executeRun(setupOf("buy-and-hold", { tradeFromMs }), { withBenchmark: true });
  const cut = executeRun(setupOf("buy-and-hold", { bars: [sliceBars(bars!, from, bars!.length)] }), {
    withBenchmark: true,
  });
  expect(whole.log.length).toBe(cut.log.length);
  expect(whole.metrics).toEqual(cut.metrics);
  expect(whole.metrics.exposure).toBeGreaterThan(0.99);
  expect(whole.benchmark!.equity.at(-1)).toBe(cut.benchmark!.equity[cut.log.length - 1]);
});

test("bars before the range count as warm-up, and every decision is counted once", () => {
  const { funnel, log } = executeRun(setupOf("sma-cross", { tradeFromMs }), { withBenchmark: false });
  expect(log.timeMs[0]).toBe(tradeFromMs);
  expect(funnel.warmingUp).toBe(from);
  expect(funnel.warmingUp + funnel.silent + funnel.signals).toBe(funnel.decisions);
  expect(funnel.decisions).toBe(3000);
});

test("a strategy whose warm-up ends after the first day of the range waits for its warm-up", () => {
  const early = bars!.closeTimeMs[10]!;
  const { funnel } = executeRun(setupOf("sma-cross", { tradeFromMs: early }), { withBenchmark: false });
  const whole = executeRun(setupOf("sma-cross"), { withBenchmark: false });
  expect(funnel).toEqual(whole.funnel);
});

test("every bar on which a strategy is asked is heard of before it is asked", () => {
  const heard: number[] = [];
  let answers = 0;
  const watch = { asked: (timeMs: number) => void heard.push(timeMs), answered: () => void (answers += 1) };
  executeRun(setupOf("buy-and-hold"), { withBenchmark: false, watch });
  // What is asked before any bar, the setup, has no time.
  expect(heard).toEqual([Number.NaN, ...bars!.closeTimeMs]);
  expect(answers).toBe(heard.length);
});

test("the cost grid at 1 is the run itself, at 0 it costs nothing, and more costs never earn more on this run", () => {
  const setup = setupOf("sma-cross");
  const own = executeRun(setup, { withBenchmark: false });
  const grid = costSensitivity(setup, {});
  expect(grid.map(({ costMultiple }) => costMultiple)).toEqual([0, 0.5, 1, 2, 3]);
  expect(grid[2]!.totalReturn).toBe(own.metrics.totalReturn);
  const runAt = (multiple: number) => executeRun(atScaledCosts(setup, multiple), { withBenchmark: false });
  expect(runAt(1).decisionsHash).toBe(own.decisionsHash);
  const free = runAt(0);
  expect(free.metrics.feesPaid + free.metrics.slippagePaid).toBe(0);
  const returns = grid.map(({ totalReturn }) => totalReturn!);
  expect(returns).toEqual(returns.toSorted((a, b) => b - a));
});

test("runs at other costs and sizes say what a whole report of each says, to the last bit", () => {
  const setup = setupOf("sma-cross", { tradeFromMs });
  const whole = (variant: BacktestSetup) => executeRun(variant, { withBenchmark: false });
  for (const { costMultiple, totalReturn, sharpe } of costSensitivity(setup, {})) {
    const { metrics } = whole(atScaledCosts(setup, costMultiple));
    expect([totalReturn, sharpe]).toEqual([metrics.totalReturn, metrics.sharpe]);
  }
  for (const { cash, totalReturn, sharpe, slippageShare } of capacityOf(setup, {})!) {
    const { metrics, session } = whole(atAccountSizes(setup)(cash));
    const { slippagePaid, tradedNotional } = session.portfolio.ledger;
    expect([totalReturn, sharpe]).toEqual([metrics.totalReturn, metrics.sharpe]);
    expect(slippageShare).toBe(slippagePaid / tradedNotional);
  }
});

test("more trials on the same data take more luck out of the Sharpe ratio", () => {
  const { metrics } = executeRun(setupOf("trend-following"), { withBenchmark: false });
  const [few, many] = [withTrialCount(metrics, 2), withTrialCount(metrics, 200)];
  expect(few.trialCount).toBe(2);
  expect(many.dsr!).toBeLessThan(few.dsr!);
  expect(many.expectedMaximumSharpe!).toBeGreaterThan(few.expectedMaximumSharpe!);
  expect({ ...many, trialCount: null, dsr: null, expectedMaximumSharpe: null }).toEqual({
    ...metrics,
    trialCount: null,
    dsr: null,
    expectedMaximumSharpe: null,
  });
});
