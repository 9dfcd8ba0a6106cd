import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { sliceBars } from "../../domain/bars.ts";
import { int } from "../../domain/params.ts";
import { strategy } from "../../ports/strategy.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { kiwiConfigSchema, runConfigOf } from "../config/config-schema.ts";
import { runBacktest } from "../runs/run-backtest.ts";
import { ColumnPool } from "./shared-columns.ts";
import type { TrialOutcome, TrialTask } from "./trial.ts";
import { TrialRunner } from "./trial-runner.ts";

const { bars } = syntheticMarket({
  seed: 11,
  symbols: 1,
  timeframe: "1h",
  bars: 1_200,
  startMs: Date.UTC(2023, 0, 1),
});
const config = kiwiConfigSchema.parse({});
const setup = { bars, strategy: smaCross, params: {}, config: runConfigOf(config) };
const request = { folder: ".", strategy: "sma-cross", params: {}, config, nowMs: 0 };
const measuring = { keys: [], folds: 1, holdout: 0 };
const taskOf = (index: number, params: TrialTask["params"], rest: Partial<TrialTask> = {}): TrialTask => ({
  index,
  params,
  settings: {},
  share: 1,
  wantsReturns: false,
  ...rest,
});
type Measured = Extract<TrialOutcome, { kind: "measured" }>;

const pairs: TrialTask[] = [];
for (let fast = 5; fast <= 49; fast++)
  for (let slow = 55; slow <= 160; slow += 5) pairs.push(taskOf(pairs.length, { fast, slow }));

test("990 pairs of averages have the numbers of 990 backtests, bit for bit, with columns of their own and shared ones", () => {
  expect(pairs.length).toBe(990);
  // Enough for the slowest of them to trade.
  const short = { ...setup, bars: [sliceBars(bars[0]!, 0, 450)] };
  const own = new TrialRunner({ setup: short, request }, { measuring });
  const sharing = new TrialRunner({ setup: short, request }, { measuring });
  sharing.adopt(new ColumnPool(short, () => {}).columnsFor(pairs)!);
  for (const task of pairs) {
    const { metrics } = runBacktest({ ...short, params: task.params });
    const { totalReturn, sharpe, maxDrawdown, trades } = metrics;
    for (const runner of [own, sharing])
      expect((runner.run(task) as Measured).inSample).toEqual({ totalReturn, sharpe, maxDrawdown, trades });
  }
});

test("a run that trades from a day on has the numbers of its backtest", () => {
  const late = { ...setup, tradeFromMs: bars[0]!.closeTimeMs[700]! };
  const runner = new TrialRunner({ setup: late, request }, { measuring });
  for (const params of [
    { fast: 5, slow: 60 },
    { fast: 2, slow: 3 },
  ]) {
    const { metrics } = runBacktest({ ...late, params });
    const { inSample } = runner.run(taskOf(0, params)) as Measured;
    for (const key of ["totalReturn", "sharpe", "maxDrawdown", "trades"] as const)
      expect(inSample[key]).toBe(metrics[key]);
    expect(inSample["sharpe"]).not.toBeNull();
  }
});

test("little memory for columns changes no number: what is let go is folded again", () => {
  const market = syntheticMarket({
    seed: 3,
    symbols: 3,
    timeframe: "1h",
    bars: 400,
    startMs: Date.UTC(2023, 0, 1),
  });
  const own = { setup: { ...setup, bars: market.bars }, request };
  const columnBytes = 3 * 400 * Float64Array.BYTES_PER_ELEMENT;
  const tasks = [5, 9, 5, 13, 9, 5].flatMap((fast, k) =>
    [20, 30, 40].map((slow, j) => taskOf(3 * k + j, { fast, slow })),
  );
  const roomy = new TrialRunner(own, { measuring });
  const wanted = tasks.map((task) => roomy.run(task));
  const said: string[] = [];
  for (const [stores, shared] of [
    [0, 0],
    [2, 3],
    [5, 1],
  ] as const) {
    const pool = new ColumnPool(own.setup, (line) => void said.push(line), shared * columnBytes);
    const runner = new TrialRunner(own, { measuring }, undefined, stores * columnBytes);
    const got = [0, 6, 12].flatMap((from) => {
      const batch = tasks.slice(from, from + 6);
      const columns = pool.columnsFor(batch)!;
      expect(Object.keys(columns).length).toBeLessThanOrEqual(shared);
      runner.adopt(columns);
      return batch.map((task) => runner.run(task));
    });
    expect(got).toEqual(wanted);
  }
  // Each pool says it once.
  expect(said.length).toBe(3);
  expect(said[0]).toContain("each thread computes for itself");
});

test("a setup that throws with some parameters is the failure of those trials, also where columns are shared", () => {
  const picky = strategy({
    name: "picky",
    summary: "builds no series for one value",
    params: { at: int(2, { min: 2, max: 9 }) },
    setup: ({ bars: series, p }) => {
      if (p.at === 3) throw new Error("not three");
      return { close: series.close };
    },
    onBar({ target }) {
      target(1, "always");
    },
  });
  const own = { setup: { ...setup, strategy: picky }, request };
  const tasks = [2, 3, 4].map((at) => taskOf(at, { at }));
  const runner = new TrialRunner(own, { measuring });
  runner.adopt(new ColumnPool(own.setup, () => {}).columnsFor(tasks)!);
  expect(tasks.map((task) => runner.run(task).kind)).toEqual(["measured", "failed", "measured"]);
});

test("what a formula names is measured as a report measures it", () => {
  const keys = ["sortino", "calmar", "winRate", "profitFactor", "psr"] as const;
  const runner = new TrialRunner({ setup, request }, { measuring: { ...measuring, keys: [...keys] } });
  const { metrics } = runBacktest({ ...setup, params: { fast: 8, slow: 40 } });
  const { inSample } = runner.run(taskOf(0, { fast: 8, slow: 40 })) as Measured;
  for (const key of keys) expect(inSample[key]).toBe(metrics[key]);
});

test("what is held back changes nothing of what was measured before it", () => {
  const { closeTimeMs, length } = bars[0]!;
  const [firstMs, lastMs] = [closeTimeMs[0]!, closeTimeMs[length - 1]!];
  const cutMs = firstMs + (lastMs - firstMs) * 0.75;
  const seen = closeTimeMs.findLastIndex((timeMs, row) => row < length && timeMs <= cutMs) + 1;
  const column = (values: Float64Array): Float64Array => values.slice(0, seen);
  const table = bars[0]!;
  const short = {
    ...table,
    length: seen,
    closeTimeMs: column(table.closeTimeMs),
    open: column(table.open),
    high: column(table.high),
    low: column(table.low),
    close: column(table.close),
    volume: column(table.volume),
  };
  const held = new TrialRunner({ setup, request }, { measuring: { ...measuring, holdout: 0.25 } });
  const alone = new TrialRunner({ setup: { ...setup, bars: [short] }, request }, { measuring });
  const [one, other] = [held, alone].map((runner) =>
    runner.run(taskOf(0, { fast: 5, slow: 30 }, { wantsReturns: true })),
  );
  expect((one as Measured).inSample).toEqual((other as Measured).inSample);
  // The shorter bars end within a day, whose return is one of them alone.
  const { returns } = one as Measured;
  expect(returns).toEqual((other as Measured).returns!.subarray(0, returns!.length));
  expect((one as Measured).outOfSample!["trades"]).toBeGreaterThan(0);
});

test("parts in sample and out of it multiply to the whole return", () => {
  const whole = new TrialRunner({ setup, request }, { measuring });
  const parted = new TrialRunner({ setup, request }, { measuring: { keys: [], folds: 4, holdout: 0.3 } });
  const task = taskOf(0, { fast: 5, slow: 30 });
  const { folds, outOfSample } = parted.run(task) as Measured;
  const growth = [...folds, outOfSample!].reduce((product, part) => product * (1 + part["totalReturn"]!), 1);
  expect(growth - 1).toBeCloseTo((whole.run(task) as Measured).inSample["totalReturn"]!, 12);
});

test("a trial on a share of the bars sees no later one", () => {
  const runner = new TrialRunner({ setup, request }, { measuring });
  const changed = { ...bars[0]!, close: bars[0]!.close.map((close, row) => (row > 500 ? close * 2 : close)) };
  const other = new TrialRunner({ setup: { ...setup, bars: [changed] }, request }, { measuring });
  const task = taskOf(0, { fast: 5, slow: 30 }, { share: 1 / 3 });
  expect(runner.run(task)).toEqual(other.run(task));
});

test("a strategy that throws is a trial that failed, and the next one is as if it had not been there", () => {
  const moody = strategy({
    name: "moody",
    summary: "throws where it is told to",
    params: { at: int(0, { min: 0, max: 9 }) },
    setup: ({ bars: series }) => ({ close: series.close }),
    onBar({ p, target }) {
      if (p.at === 3) throw new Error("three");
      target(p.at % 2, "as told");
    },
  });
  const own = { setup: { ...setup, strategy: moody }, request };
  const runner = new TrialRunner(own, { measuring });
  const outcomes = [1, 3, 5].map((at) => runner.run(taskOf(at, { at })));
  expect(outcomes.map(({ kind }) => kind)).toEqual(["measured", "failed", "measured"]);
  expect((outcomes[1] as { error: string }).error).toContain("three");
  expect(outcomes[2]).toEqual(new TrialRunner(own, { measuring }).run(taskOf(5, { at: 5 })));
});

test("keys of the configuration vary as parameters do", () => {
  const runner = new TrialRunner({ setup, request }, { measuring });
  const params = { fast: 5, slow: 30 };
  const dear = runner.run(taskOf(0, params, { settings: { "costs.commission.rate": 0.01 } })) as Measured;
  const costs = { ...setup.config.costs, commission: { use: "rate", rate: 0.01 } };
  const { metrics } = runBacktest({ ...setup, params, config: { ...setup.config, costs } });
  expect(dear.inSample["totalReturn"]).toBe(metrics.totalReturn);
  expect(() => runner.run(taskOf(0, params, { settings: { "instruments.X.lotSize": 1 } }))).not.toThrow();
});
