import { expect, test } from "vitest";
import { runBacktest } from "../../src/app/runs/run-backtest.ts";
import { syntheticMarket } from "../../src/data/synthetic/synthetic-market.ts";
import { BarTable } from "../../src/domain/bar-table.ts";
import type { AnyStrategy } from "../../src/ports/strategy.ts";
import { sma } from "../../src/indicators/sma.ts";
import { crossOver, crossUnder, strategy } from "../../src/ports/strategy.ts";
import { smaCross } from "../../src/strategies/sma-cross.ts";
import { RobotBench } from "./robot-bench.ts";

/** A market on cents: what goes over a wire has no more places. */
function market(seed: number, symbols: number, count: number): readonly BarTable[] {
  const { bars } = syntheticMarket({
    seed,
    symbols,
    timeframe: "1h",
    bars: count,
    startMs: Date.UTC(2024, 0, 1),
    calendarName: "24/7",
  });
  const cents = (price: number) => Math.round(price * 100) / 100;
  return bars.map((table) => {
    const copy = new BarTable(table.symbol, "1h");
    for (let row = 0; row < table.length; row++)
      copy.append(
        table.closeTimeMs[row]!,
        cents(table.open[row]!),
        cents(table.high[row]!),
        cents(table.low[row]!),
        cents(table.close[row]!),
        table.volume[row]!,
      );
    return copy;
  });
}

/** Crosses with levels that lie too far away to be met on the bar of the entry itself: a real venue gets them after it. */
const withLevels = strategy({
  name: "with-levels",
  summary: "Long above, short below, with a stop and a target.",
  params: {},
  setup: ({ bars }) => ({ fast: sma(bars.close, 5), slow: sma(bars.close, 15), close: bars.close }),
  onBar({ series, target }) {
    const price = series.close.now;
    const at = (share: number) => Math.round(price * share * 100) / 100;
    if (crossOver(series.fast, series.slow))
      target(1, { reason: "above", stopPrice: at(0.96), takeProfitPrice: at(1.05) });
    if (crossUnder(series.fast, series.slow))
      target(-1, { reason: "below", stopPrice: at(1.04), takeProfitPrice: at(0.95) });
  },
});

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
    const bench = new RobotBench({ tape, strategy, capabilities: { modify } });
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
  const whole = new RobotBench({ tape, strategy: withLevels });
  const undisturbed = await whole.start();
  await whole.bars(240);
  const bench = new RobotBench({ tape, strategy: withLevels });
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
