import { expect, test } from "vitest";
import { syntheticMarket } from "../../data/synthetic/synthetic-market.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { apply } from "../../domain/expression.ts";
import { indicator } from "../../domain/indicator.ts";
import { regimeLabels, type RegimeLabel } from "../../domain/regime.ts";
import type { Arsenal } from "../../selection/arsenal.ts";
import { definePlugin } from "../../ports/plugin.ts";
import { metaStrategy, type AnyStrategy, type MetaPlan } from "../../ports/strategy.ts";
import { meanReversion } from "../../strategies/mean-reversion.ts";
import { smaCross } from "../../strategies/sma-cross.ts";
import { trendFollowing } from "../../strategies/trend-following.ts";
import { withPlugins } from "../plugins/registry.ts";
import { runBacktest, type BacktestResult } from "../runs/run-backtest.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { arsenalOf } from "../../selection/arsenal.ts";

const bars = syntheticMarket({
  seed: 7,
  symbols: ["AAA", "BBB"],
  timeframe: "1h",
  bars: 3000,
  startMs: Date.UTC(2022, 0, 1),
}).bars;
const config = runConfigSchema.parse({});

/** Up after a bar that rose, down after one that fell: a regime that anybody can recompute. */
const lastMove = indicator({
  name: "test-last-move",
  summary: "Sign of the last change.",
  formula: "up = close[t] > close[t-1]",
  source: "this test",
  inputs: ["close"],
  outputs: [...regimeLabels, "label", "dwell", "expected"],
  params: {},
  warmup: () => 1,
  create: (_params, out) => {
    let last = Number.NaN;
    return (close) => {
      const label: RegimeLabel = Number.isNaN(last) ? "unknown" : close > last ? "trend-up" : "trend-down";
      last = close;
      out.fill(0);
      out[regimeLabels.indexOf(label)] = 1;
      out[5] = regimeLabels.indexOf(label);
      out[7] = 2;
      return out[0]!;
    };
  },
});

const lastMoveRegime = definePlugin({
  kind: "regime",
  name: "test-last-move",
  summary: "Sign of the last change.",
  options: {},
  create: () => (series) => {
    const output = (k: number) => apply(lastMove, [series.close], {}, k);
    return {
      posterior: Object.fromEntries(regimeLabels.map((label, k) => [label, output(k)])) as never,
      label: output(5),
      dwell: output(6),
      expectedDwell: output(7),
    };
  },
});

function metaOf(arsenal: readonly AnyStrategy[], plan: Partial<MetaPlan> = {}): AnyStrategy {
  return metaStrategy({
    name: "test-meta",
    summary: "For this test.",
    params: {},
    plan: () => ({
      arsenal: arsenal.map((strategy) => ({ strategy })),
      regime: { use: "test-last-move" },
      selector: { use: "equal-weight" },
      windowBars: 200,
      measuredBarsMin: 1,
      ...plan,
    }),
  });
}

function run(strategy: AnyStrategy, tables: readonly Bars[] = bars): BacktestResult {
  const registry = withPlugins([lastMoveRegime]);
  return runBacktest({ bars: tables, strategy, params: {}, config, registry });
}

function arsenalIn(result: BacktestResult): Arsenal {
  return arsenalOf(result.session)!;
}

test("a shadow is the strategy alone: the same decisions, fills and equity as in a run of its own", () => {
  const arsenal = arsenalIn(run(metaOf([smaCross, trendFollowing, meanReversion])));
  for (const [index, strategy] of [smaCross, trendFollowing, meanReversion].entries()) {
    const alone = run(strategy, [bars[1]!]);
    const { session } = arsenal.runners[1]!.candidates[index]!.shadow;
    expect(session.recorder.log.hash()).toBe(alone.decisionsHash);
    expect(session.portfolio.equity).toBe(alone.session.portfolio.equity);
    expect(alone.trades.length).toBeGreaterThan(3);
  }
});

test("the choice among one strategy does what that strategy does, from the first bar on which it may be chosen", () => {
  const alone = run(smaCross, [bars[0]!]);
  const chosen = run(
    metaOf([smaCross], { selector: { use: "best-recent", holdBarsMin: 0 }, measuredBarsMin: 10 }),
    [bars[0]!],
  );
  const firstMs = chosen.trades[0]!.entryTimeMs;
  const later = alone.trades.filter(({ entryTimeMs }) => entryTimeMs > firstMs);
  expect(
    chosen.trades.slice(1, 5).map(({ entryTimeMs, exitTimeMs, side }) => [entryTimeMs, exitTimeMs, side]),
  ).toEqual(later.slice(0, 4).map(({ entryTimeMs, exitTimeMs, side }) => [entryTimeMs, exitTimeMs, side]));
});

test("what is chosen rests on the past alone: with the future cut off, every decision until then is the same", () => {
  const strategy = metaOf([smaCross, trendFollowing, meanReversion], {
    // Quick to believe, so that there are choices to compare.
    selector: {
      use: "regime-performance",
      holdBarsMin: 5,
      edgeSharpe: 20,
      edgeShare: 0.9,
      takeDeviations: 0.5,
      keepDeviations: 0,
    },
  });
  const whole = arsenalIn(run(strategy));
  for (const length of [700, 1500, 2400]) {
    const cut = arsenalIn(
      run(
        strategy,
        bars.map((table) => sliceBars(table, 0, length)),
      ),
    );
    for (const [k, { log }] of cut.runners.entries()) {
      const all = whole.runners[k]!.log;
      expect(log.length).toBeGreaterThan(300);
      expect(log.strategy.slice(0, log.length)).toEqual(all.strategy.slice(0, log.length));
      expect(log.label.slice(0, log.length)).toEqual(all.label.slice(0, log.length));
      expect(log.switches).toEqual(all.switches.slice(0, log.switches.length));
    }
  }
  expect(whole.runners[0]!.log.switches.length).toBeGreaterThan(3);
});

test("two runs of a choice are the same run, and every change of strategy is in the decision log with its reason", () => {
  const strategy = metaOf([smaCross, trendFollowing, meanReversion], {
    selector: { use: "regime-performance", holdBarsMin: 5, edgeSharpe: 20, edgeShare: 0.9 },
  });
  const [one, other] = [run(strategy), run(strategy)];
  expect(one.decisionsHash).toBe(other.decisionsHash);
  const written = [...Array(one.log.events.length).keys()]
    .map((k) => one.log.events.at(k))
    .filter(({ kind }) => kind === "selection");
  const switches = arsenalIn(one).runners.flatMap(({ log }) => log.switches);
  expect(written).toHaveLength(switches.length);
  for (const { text } of written) expect(text).not.toBe("");
});

test("the return of a bar belongs to the regime that was known when the bar began", () => {
  const [table] = bars;
  const arsenal = arsenalIn(run(metaOf([smaCross]), [table!]));
  const { candidates } = arsenal.runners[0]!;
  const { log } = candidates[0]!.shadow.session.recorder;
  const first = candidates[0]!.shadow.runner.firstDecisionRow();
  const returns: number[] = [];
  for (let row = first + 1; row < table!.length; row++) {
    const rose = table!.close[row - 1]! > table!.close[row - 2]!;
    if (rose) returns.push(log.equity[row]! / log.equity[row - 1]! - 1);
  }
  const { mean, bars: count } = candidates[0]!.byRegime["trend-up"];
  expect(count).toBe(returns.length);
  expect(mean).toBeCloseTo(returns.reduce((sum, value) => sum + value, 0) / returns.length, 12);
});

test("an arsenal may name built-in strategies, and a wrong name is told with the nearest one", () => {
  const named = metaOf([], { arsenal: [{ strategy: "sma-cross" }, { strategy: trendFollowing }] });
  const itself = metaOf([smaCross, trendFollowing]);
  expect(run(named).decisionsHash).toBe(run(itself).decisionsHash);
  const wrong = metaOf([], { arsenal: [{ strategy: "sma-corss" }] });
  expect(() => run(wrong)).toThrow(/no strategy is called "sma-corss"/);
});

test("an arsenal without strategies is refused", () => {
  expect(() => run(metaOf([]))).toThrow(/has no strategies to choose from/);
});

test("shadows go the short way through quiet bars, and are worth the same to the last bit", () => {
  const arsenal = [smaCross, meanReversion, trendFollowing].map((strategy) => ({ strategy }));
  const cases = [["cash", "1h"] as const, ["margin", "1h"] as const, ["margin", "2h"] as const];
  for (const [kind, timeframe] of cases) {
    const [short, whole] = [true, false].map((skipQuiet) =>
      runBacktest({
        bars,
        timeframe,
        strategy: metaStrategy({
          name: "test-short-way",
          summary: "A choice among three.",
          params: {},
          plan: () => ({
            arsenal,
            regime: { use: "hmm" },
            selector: { use: "best-recent" },
            windowBars: 500,
            measuredBarsMin: 200,
          }),
        }),
        params: {},
        config: runConfigSchema.parse({ account: { kind }, execution: { skipQuiet } }),
      }),
    );
    expect(short!.decisionsHash).toBe(whole!.decisionsHash);
    const logs = [short!, whole!].map(({ session }) =>
      arsenalOf(session)!.runners.flatMap(({ candidates }) =>
        candidates.map(({ shadow }) => {
          const { log } = shadow.session.recorder;
          return [log.length, log.hash(), shadow.tradedNotional, shadow.equity];
        }),
      ),
    );
    expect(logs[0]!.every(([, , traded]) => (traded as number) > 0)).toBe(true);
    expect(logs[0]).toEqual(logs[1]);
  }
});
