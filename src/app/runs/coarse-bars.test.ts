import { expect, test } from "vitest";
import { hourMs, minuteMs } from "../../base/time.ts";
import { BarTable } from "../../domain/bar-table.ts";
import type { Bars } from "../../domain/bars.ts";
import { strategy, type AnyStrategy, type TargetOptions } from "../../ports/strategy.ts";
import { firstDayMs, runTogether } from "../../../test/portfolio-harness.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { coarseBarWarnings } from "./coarse-bars.ts";
import { runBacktest } from "./run-backtest.ts";

/** Bars that open and close at 100 and go `up` and `down` between. */
function swinging(symbol: string, count: number, up: number, down: number, spanMs = hourMs): Bars {
  const bars = new BarTable(symbol, spanMs === hourMs ? "1h" : "5m");
  for (let k = 1; k <= count; k++)
    bars.append(firstDayMs + k * spanMs, 100, 100 + up, 100 - down, 100, 1_000);
  return bars;
}

/** Buys whenever it holds nothing. */
function buying(options: Partial<TargetOptions>): AnyStrategy {
  return strategy({
    name: "buying",
    summary: "For this test.",
    params: {},
    setup: () => ({}),
    onBar({ position, target }) {
      if (position.quantity === 0) target(0.1, { reason: "in", ...options });
    },
  });
}

function warnedOf(options: Partial<TargetOptions>, ...bars: readonly Bars[]): readonly string[] {
  return coarseBarWarnings(runTogether(buying(options), bars));
}

test("a stop that is nearer than the usual bar is warned about, with both figures and the way out", () => {
  expect(warnedOf({ stopPrice: 98.5 }, swinging("AAA", 30, 1, 1))).toEqual([
    "stops and trails are nearer than a bar is long: 1.50 % from the price at the median, while the usual 1h bar spans " +
      "2.00 % from its low to its high, so what happens inside it is assumed: --detail 5m leaves less to assume",
  ]);
  expect(warnedOf({ stopPrice: 97.5 }, swinging("AAA", 30, 1, 1))).toEqual([]);
});

test("so is a trail, in money or as a fraction, and a stop of an entry that waits", () => {
  const bars = swinging("AAA", 30, 1, 1);
  for (const size of [0.4, 1.9, 2.1, 30]) {
    const isNear = size < 2;
    const trails = [
      { kind: "amount", amount: size },
      { kind: "fraction", fraction: size / 100 },
    ] as const;
    for (const trail of trails) expect(warnedOf({ trail }, bars).length).toBe(isNear ? 1 : 0);
    const entry = { kind: "limit", price: 50 } as const;
    expect(warnedOf({ entry, stopPrice: 50 * (1 - size / 100) }, bars).length).toBe(isNear ? 1 : 0);
  }
  expect(warnedOf({ takeProfitPrice: 100.1 }, bars)).toEqual([]);
  expect(warnedOf({}, bars)).toEqual([]);
});

test("what is usual is told from the time that was traded in, and not from the years before", () => {
  const config = runConfigSchema.parse({});
  const bars = swinging("AAA", 300, 5, 5);
  for (let row = 250; row < 300; row++) {
    bars.high[row] = 100.5;
    bars.low[row] = 99.5;
  }
  const setup = { bars: [bars], strategy: buying({ stopPrice: 98.5 }), params: {}, config };
  expect(coarseBarWarnings(runBacktest(setup))).toHaveLength(1);
  expect(coarseBarWarnings(runBacktest({ ...setup, tradeFromMs: bars.closeTimeMs[250]! }))).toEqual([]);
});

test("each symbol is held against bars of its own", () => {
  const [calm, wild] = [swinging("AAA", 30, 0.1, 0.1), swinging("BBB", 30, 4, 4)];
  expect(warnedOf({ stopPrice: 98 }, calm)).toEqual([]);
  expect(warnedOf({ stopPrice: 98 }, wild)).toHaveLength(1);
  // Where the wild one is stopped out again and again, most stops are too near.
  expect(warnedOf({ stopPrice: 98 }, calm, wild)).toHaveLength(1);
});

test("with finer bars the usual one is what orders fill on", () => {
  const run = (bars: Bars) =>
    coarseBarWarnings(
      runBacktest({
        bars: [bars],
        timeframe: "1h",
        strategy: buying({ stopPrice: 98.5 }),
        params: {},
        config: runConfigSchema.parse({}),
      }),
    );
  expect(run(swinging("AAA", 30, 1, 1))).toHaveLength(1);
  expect(run(swinging("AAA", 360, 0.5, 0.5, 5 * minuteMs))).toEqual([]);
});

test("what was assumed is counted whatever stands before the venue: nothing, delistings, splits", () => {
  const both = { stopPrice: 99, takeProfitPrice: 101 };
  // Bought at an open, and both ends lie within that bar: of 2 fills one was decided by an assumption.
  const bars = swinging("AAA", 11, 1.5, 1.5);
  const actions = [{ symbol: "AAA", day: 99_999, kind: "split", ratio: 2 }] as const;
  const alone = runTogether(buying(both), [bars]).funnel;
  expect(alone).toMatchObject({ fills: 20, assumedFills: 10 });
  expect(runTogether(buying(both), [bars], {}, { actions }).funnel).toMatchObject({
    fills: 20,
    assumedFills: 10,
  });
  const many = runTogether(buying(both), [bars, swinging("BBB", 11, 0.5, 1.5)]).funnel;
  expect(many).toMatchObject({ fills: 40, assumedFills: 10 });
});
