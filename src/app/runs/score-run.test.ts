import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { sliceBars } from "../../domain/bars.ts";
import { sma } from "../../indicators/sma.ts";
import { buyAndHold } from "../../strategies/buy-and-hold.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { runConfigSchema } from "../config/run-config.ts";
import type { BacktestSetup } from "../session/backtest-setup.ts";
import { runBacktest } from "./run-backtest.ts";

const { bars } = syntheticMarket({
  seed: 11,
  symbols: 2,
  timeframe: "1h",
  bars: 4_000,
  startMs: Date.UTC(2023, 0, 1),
});
const params = { fast: 10, slow: 30 };
const setup: BacktestSetup = { bars, strategy: smaCross, params, config: runConfigSchema.parse({}) };

test("the same trades give the same numbers, whatever history precedes them", () => {
  const short = runBacktest(
    { ...setup, bars: bars.map((table) => sliceBars(table, 500, 4_000)) },
    { withBenchmark: true },
  );
  const tradeFromMs = short.log.timeMs[0]!;
  const long = runBacktest({ ...setup, tradeFromMs }, { withBenchmark: true });
  expect(long.trades).toEqual(short.trades);
  expect(short.trades.length).toBeGreaterThan(50);
  expect(long.metrics).toEqual(short.metrics);
  expect(long.log.length).toBe(short.log.length);
  expect(long.benchmark!.equity).toEqual(short.benchmark!.equity);
});

test("warming up is no time: a strategy that could decide later is measured later, and so is its benchmark", () => {
  // An average that nobody uses makes the same strategy wait for 300 bars more.
  const patient = {
    ...smaCross,
    setup: (tools: Parameters<typeof smaCross.setup>[0]) => ({
      ...smaCross.setup(tools as never),
      unused: sma(tools.bars.close, 330),
    }),
  } as typeof smaCross;
  const result = runBacktest({ ...setup, strategy: patient }, { withBenchmark: true });
  expect(result.log.length).toBe(4_000 - 330);
  const from = runBacktest({ ...setup, tradeFromMs: result.log.timeMs[0]! }, { withBenchmark: true });
  expect(result.metrics).toEqual(from.metrics);
  const held = runBacktest({
    ...setup,
    strategy: buyAndHold,
    params: {},
    tradeFromMs: result.log.timeMs[0]!,
  });
  expect(result.metrics.benchmarkReturn).toBe(held.metrics.totalReturn);
});

test("a run that never could decide has its account and nothing else", () => {
  const { metrics, log, funnel } = runBacktest({ ...setup, params: { fast: 10, slow: 5_000 } });
  expect(funnel.warmingUp).toBe(funnel.bars);
  expect(log.length).toBe(4_000);
  expect([metrics.totalReturn, metrics.sharpe]).toEqual([0, null]);
});
