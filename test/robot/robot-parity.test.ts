import { expect, test } from "vitest";
import { hourMs } from "../../src/base/time.ts";
import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import type { AnyStrategy } from "../../src/ports/strategy.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { centMarket as market, withLevels } from "./kill-market.ts";
import { RobotBench } from "./robot-bench.ts";

/** Comparing the account costs nothing here but the time of the test. */
const parts = { limits: { openOrdersEveryMs: 7 * hourMs, positionsEveryMs: 24 * hourMs } };

const cases: readonly (readonly [string, AnyStrategy, number, boolean])[] = [
  ["sma-cross on one symbol", smaCross, 1, true],
  ["sma-cross on four symbols", smaCross, 4, true],
  ["stops, targets and reversals", withLevels, 3, true],
  ["stops, targets and reversals at a venue that changes no order", withLevels, 2, false],
];

test.each(cases)(
  "%s: a robot at an exchange decides, orders and fills as the backtest does",
  async (_name, strategy, symbols, modify) => {
    const tape = market(5, symbols, 500);
    const bench = new RobotBench({ tape, strategy, capabilities: { modify }, parts });
    const robot = await bench.start();
    await bench.bars(500);
    const backtest = runBacktest({
      bars: tape,
      strategy,
      params: {},
      config: { ...bench.config, execution: { ...bench.config.execution, flattenAtEnd: false } },
    });
    expect(backtest.log.events.count("fill")).toBeGreaterThan(4);
    expect(robot.session.recorder.log.length).toBe(backtest.session.recorder.log.length);
    expect(robot.session.portfolio.cash).toBeCloseTo(backtest.session.portfolio.cash, 6);
    expect(robot.status().decisionsHash).toBe(backtest.decisionsHash);
    expect(bench.incidents).toEqual([]);
    await robot.stop();
  },
);

test("a robot that is stopped and started again between any two bars ends as if nothing had happened", async () => {
  const tape = market(7, 2, 240);
  const whole = new RobotBench({ tape, strategy: withLevels, parts });
  const undisturbed = await whole.start();
  await whole.bars(240);
  const bench = new RobotBench({ tape, strategy: withLevels, parts });
  for (const count of [1, 59, 60, 20, 77, 23]) {
    await bench.start();
    await bench.bars(count);
    await bench.robot!.stop();
  }
  const robot = await bench.start();
  expect(robot.status().decisionsHash).toBe(undisturbed.status().decisionsHash);
  expect(robot.status().equity).toBe(undisturbed.status().equity);
  expect(robot.status().positions).toEqual(undisturbed.status().positions);
  expect(undisturbed.session.recorder.log.events.count("fill")).toBeGreaterThan(4);
});
