import { expect, test } from "vitest";
import { subjectOf } from "../../app/checks/subject-of.ts";
import { runConfigSchema } from "../../app/config/run-config.ts";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import type { Bars } from "../../domain/bars.ts";
import { apply, field } from "../../domain/expression.ts";
import { indicator } from "../../domain/indicator.ts";
import { atr, atrIndicator } from "../../indicators/atr.ts";
import { crossing } from "../../indicators/crossing.ts";
import { ema, emaIndicator } from "../../indicators/ema.ts";
import { obv } from "../../indicators/obv.ts";
import { rsi, rsiIndicator } from "../../indicators/rsi.ts";
import { sma } from "../../indicators/sma.ts";
import { strategy, type AnyStrategy } from "../../ports/strategy.ts";
import { meta } from "../../strategies/meta.ts";
import { warmup, type WarmupOptions } from "./warmup.ts";

const options: WarmupOptions = { windows: 4, windowRows: 60, historyMax: 400 };
const config = runConfigSchema.parse({ account: { kind: "margin" } });

function market(seed: number): Bars {
  return syntheticMarket({ seed, symbols: 1, timeframe: "1h", bars: 1_200, startMs: Date.UTC(2024, 0, 1) })
    .bars[0]!;
}

function subjectFor(one: AnyStrategy, bars: Bars) {
  const request = { strategy: { name: "sma-cross" }, params: {}, bars: [bars], config };
  return { ...subjectOf(request), load: async () => one };
}

type Fold = (rows: readonly number[]) => number;

/** The weights that a rule wants on rows `to - count` to `to - 1`, from folds that begin at row `from`. */
function weightsFrom(
  bars: Bars,
  from: number,
  first: number,
  to: number,
  makeFolds: () => readonly Fold[],
  weigh: (values: readonly number[], close: number) => number,
): readonly number[] {
  const folds = makeFolds();
  const weights: number[] = [];
  for (let row = from; row < to; row++) {
    const fields = [bars.high[row]!, bars.low[row]!, bars.close[row]!];
    const weight = weigh(
      folds.map((fold) => fold(fields)),
      bars.close[row]!,
    );
    if (row >= first) weights.push(weight);
  }
  return weights;
}

const out = new Float64Array(1);

/** The chains of the promise: averages of averages, strength, range; each as a strategy and as plain folds. */
const chains: readonly {
  readonly name: string;
  readonly strategy: AnyStrategy;
  readonly folds: () => readonly Fold[];
  readonly weigh: (values: readonly number[], close: number) => number;
}[] = [
  {
    name: "EMA of EMA",
    strategy: strategy({
      name: "ema-chain",
      summary: "",
      params: {},
      setup: ({ bars }) => ({ close: bars.close, slow: ema(ema(bars.close, 10), 8) }),
      onBar: ({ series, target }) => target(series.close.now > series.slow.now ? 1 : -1, ""),
    }),
    folds: () => {
      const inner = emaIndicator.create({ length: 10 }, out);
      const outer = emaIndicator.create({ length: 8 }, out);
      return [
        ([, , close]) => {
          const value = inner(close!, 0, 0, 0, 0);
          return Number.isNaN(value) ? value : outer(value, 0, 0, 0, 0);
        },
      ];
    },
    weigh: ([slow], close) => (close > slow! ? 1 : -1),
  },
  {
    name: "RSI",
    strategy: strategy({
      name: "rsi-chain",
      summary: "",
      params: {},
      setup: ({ bars }) => ({ strength: rsi(bars.close, 9) }),
      onBar: ({ series, target }) => target(series.strength.now > 50 ? 1 : -1, ""),
    }),
    folds: () => {
      const next = rsiIndicator.create({ length: 9 }, out);
      return [([, , close]) => next(close!, 0, 0, 0, 0)];
    },
    weigh: ([strength]) => (strength! > 50 ? 1 : -1),
  },
  {
    name: "ATR",
    strategy: strategy({
      name: "atr-chain",
      summary: "",
      params: {},
      setup: ({ bars }) => ({ close: bars.close, range: atr(bars, 12) }),
      onBar: ({ series, target }) => target(Math.round((400 * series.range.now) / series.close.now) / 4, ""),
    }),
    folds: () => {
      const next = atrIndicator.create({ length: 12 }, out);
      return [([high, low, close]) => next(high!, low!, close!, 0, 0)];
    },
    weigh: ([range], close) => Math.round((400 * range!) / close) / 4,
  },
];

for (const chain of chains) {
  test(`the history that decisions on ${chain.name} need is what trying every length finds`, async () => {
    const bars = market(11);
    const result = await warmup(subjectFor(chain.strategy, bars), options);
    for (const { fromMs, toMs, measuredBars, declaredBars } of result.windows) {
      const [first, to] = [bars.closeTimeMs.indexOf(fromMs), bars.closeTimeMs.indexOf(toMs) + 1];
      const weights = (history: number) =>
        weightsFrom(bars, first - history, first, to, chain.folds, chain.weigh);
      const whole = weights(first).join();
      let smallest = options.historyMax + 1;
      while (smallest > 0 && weights(smallest - 1).join() === whole) smallest -= 1;
      expect(measuredBars).toBe(smallest);
      expect(declaredBars).toBeGreaterThanOrEqual(smallest);
    }
    expect(result.pass).toBe(true);
  });
}

/** An exponential average that forgets slowly and says that it needs no time at all. */
const hasty = indicator({
  name: "hasty",
  summary: "",
  formula: "",
  source: "test",
  inputs: ["value"],
  outputs: ["hasty"],
  params: {},
  warmup: () => 0,
  create() {
    let average = Number.NaN;
    return (value) => (average = average === average ? average + 0.03 * (value - average) : value);
  },
});

test("an indicator that declares too little is named, with the bars that it needs", async () => {
  const one = strategy({
    name: "hasty-average",
    summary: "",
    params: {},
    setup: ({ bars }) => ({
      close: bars.close,
      quick: sma(bars.close, 3),
      slow: apply(hasty, [bars.close], {}),
    }),
    onBar: ({ series, target }) => target(series.quick.now > series.slow.now ? 1 : 0, ""),
  });
  const result = await warmup(subjectFor(one, market(12)), options);
  expect(result.pass).toBe(false);
  expect(result.declaredBars).toBe(3);
  expect(result.measuredBars).toBeGreaterThan(20);
  expect(result.findings[0]!.culprit).toBe("slow");
  expect(result.findings[0]!.sentence).toContain("must declare more warmup or settling");
  expect(result.columns[0]!.label).toBe(`"slow" = hasty(close)`);
});

// 0.97^h < 1e-9 takes 681 bars: ln(1e-9) / ln(0.97), which is more than is tried; 1e-9 of an EMA(8) takes 83.
test("columns are measured until they agree to nine digits, and a sum that never forgets never does", async () => {
  const one = strategy({
    name: "columns",
    summary: "",
    params: {},
    setup: ({ bars }) => ({ average: ema(bars.close, 8), mean: sma(bars.close, 5), volume: obv(bars) }),
    onBar() {},
  });
  const { columns, notes } = await warmup(subjectFor(one, market(13)), options);
  const barsOf = (name: string) => columns.find(({ label }) => label.startsWith(`"${name}"`))!.bars;
  expect(barsOf("mean")).toBe(4);
  expect(barsOf("average")).toBeGreaterThan(60);
  expect(barsOf("average")).toBeLessThan(100);
  expect(columns[0]!.bars).toBe(null);
  expect(barsOf("volume")).toBe(null);
  expect(notes.join()).toContain("decided nothing");
});

test("what a strategy remembers of its own decisions is no warm-up", async () => {
  const one = strategy({
    name: "remembers",
    summary: "",
    params: {},
    setup: ({ bars }) => ({ close: bars.close, mean: sma(bars.close, 20) }),
    memory: () => ({ bars: 0 }),
    onBar({ series, memory, position, target }) {
      memory.bars += 1;
      if (position.quantity === 0 && series.close.now > series.mean.now)
        target(1, `after ${memory.bars} bars`);
      if (position.quantity > 0 && series.close.now > position.averagePrice * 1.02) target(0, "profit");
    },
  });
  const result = await warmup(subjectFor(one, market(14)), options);
  expect(result.pass).toBe(true);
  expect(result.measuredBars).toBe(19);
  expect(result.declaredRows).toEqual({ "": 19 });
});

test("a choice that learns from its first bar on cannot be asked how many bars it needs", async () => {
  const { pass, notes, findings } = await warmup(subjectFor(meta, market(5)), options);
  expect(pass).toBeNull();
  expect(findings).toEqual([]);
  expect(notes).toEqual([expect.stringMatching(/^it learns from every bar since the first/)]);
});

test("bars that are too few, and strategies whose runs differ, are refused", async () => {
  const long = strategy({
    name: "long",
    summary: "",
    params: {},
    setup: ({ bars }) => ({ mean: sma(bars.close, 390) }),
    onBar() {},
  });
  await expect(warmup(subjectFor(long, market(15)), { ...options, windowRows: 700 })).rejects.toThrow(
    "CHECK_TOO_FEW_BARS",
  );
  let count = 0;
  const counting = strategy({
    name: "counting",
    summary: "",
    params: {},
    setup: ({ bars }) => ({ close: bars.close }),
    onBar({ target }) {
      count += 1;
      target(count % 7 === 0 ? 1 : 0, "");
    },
  });
  await expect(warmup(subjectFor(counting, market(15)), options)).rejects.toThrow("CHECK_NOT_REPEATABLE");
});

/** Crosses of two averages: a signal is there or not, however little is between the averages. */
const crosses = strategy({
  name: "crosses",
  summary: "",
  params: {},
  setup: ({ bars }) => ({ cross: crossing(ema(bars.close, 12), ema(bars.close, 48)) }),
  wakeOn: "cross",
  onBar: ({ series, target }) => target(series.cross.now > 0 ? 1 : 0, ""),
});

test("a cross that averages miss by a hair is a tie, on whatever market", async () => {
  const many = { ...options, windows: 12 };
  let ties = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const { pass, findings, notes } = await warmup(subjectFor(crosses, market(seed)), many);
    expect({ seed, pass, findings }).toEqual({ seed, pass: true, findings: [] });
    if (notes.join().includes("a cross of series that do")) ties += 1;
  }
  expect(ties).toBeGreaterThan(0);
});

test("a cross of averages that have not settled is none: they are named, and so is a cross with a memory of its own", async () => {
  const slow = apply(hasty, [field("close")], {});
  const unsettled = strategy({ ...crosses, setup: ({ bars }) => ({ cross: crossing(bars.close, slow) }) });
  const result = await warmup(subjectFor(unsettled, market(12)), options);
  expect([result.pass, result.findings[0]?.culprit]).toEqual([false, "hasty(close)"]);
  const latch = indicator({
    ...hasty,
    name: "latch",
    create(params, outputs) {
      const next = hasty.create(params, outputs);
      return (value) => Math.sign(value - next(value, 0, 0, 0, 0));
    },
  });
  const latched = strategy({
    ...crosses,
    setup: ({ bars }) => ({ cross: apply(latch, [bars.close], {}) }),
  });
  const found = await warmup(subjectFor(latched, market(12)), options);
  expect([found.pass, found.findings[0]?.culprit]).toEqual([false, "cross"]);
});
