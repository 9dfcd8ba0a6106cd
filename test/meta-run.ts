import { regimeTruths } from "../src/app/meta/regime-truth.ts";
import { planOf } from "../src/app/meta/plan-of.ts";
import { rivalsOf } from "../src/app/meta/rivals.ts";
import { selectionOf } from "../src/app/meta/selection-of.ts";
import { withPlugins } from "../src/app/plugins/registry.ts";
import { executeRun } from "../src/app/runs/execute-run.ts";
import { runConfigSchema, type RunConfigInput } from "../src/app/config/run-config.ts";
import type { BacktestResult } from "../src/app/runs/run-backtest.ts";
import { reportInputOf } from "../src/app/runs/report-input.ts";
import { syntheticBars } from "../src/app/bars/synthetic-source.ts";
import type { ReportInput } from "../src/analysis/report/report-input.ts";
import { apply } from "../src/domain/expression.ts";
import { indicator } from "../src/domain/indicator.ts";
import { regimeLabels, type RegimeLabel } from "../src/domain/regime.ts";
import type { Expr } from "../src/domain/expression.ts";
import type { Timeframe } from "../src/domain/timeframe.ts";
import { definePlugin } from "../src/ports/plugin.ts";
import type { RegimeSeries } from "../src/ports/regime.ts";
import type { Selection } from "../src/ports/selector.ts";
import { metaStrategy, type AnyStrategy, type MetaPlan } from "../src/ports/strategy.ts";
import { meanReversion } from "../src/strategies/mean-reversion.ts";
import { smaCross } from "../src/strategies/sma-cross.ts";
import { trendFollowing } from "../src/strategies/trend-following.ts";
import { reportFacts } from "./report-run.ts";

const windowBars = 48;

/** Where the close stands against its mean of two days, in steps of 2 %: a regime that anybody can recompute. */
const aroundMean = indicator({
  name: "test-around-mean",
  summary: "Close against its mean of 48 bars.",
  formula: "up above 1.02 x mean, down below 0.98 x mean, sideways between",
  source: "this test",
  inputs: ["close"],
  outputs: [...regimeLabels, "label", "dwell", "expected"],
  params: {},
  warmup: () => windowBars - 1,
  create: (_params, out) => {
    const closes: number[] = [];
    let sum = 0;
    let dwell = 0;
    return (close) => {
      closes.push(close);
      sum += close - (closes.length > windowBars ? closes[closes.length - 1 - windowBars]! : 0);
      const mean = sum / windowBars;
      const label: RegimeLabel =
        closes.length < windowBars
          ? "unknown"
          : close > mean * 1.02
            ? "trend-up"
            : close < mean * 0.98
              ? "trend-down"
              : "sideways";
      const index = regimeLabels.indexOf(label);
      dwell = out[5] === index ? dwell + 1 : 0;
      out.fill(0, 0, 5);
      // Never quite sure, so that there is a posterior to draw.
      for (let k = 0; k < 4; k++) out[k] = label === "unknown" ? 0 : k === index ? 0.7 : 0.1;
      if (label === "unknown") out[4] = 1;
      out[5] = index;
      out[6] = dwell;
      out[7] = label === "sideways" ? Number.NaN : 20;
      return out[0]!;
    };
  },
});

/** A detector for tests that need one and no particular one. */
const aroundMeanRegime = definePlugin({
  kind: "regime",
  name: "test-around-mean",
  summary: "Close against its mean of 48 bars.",
  options: {},
  create:
    () =>
    (series): RegimeSeries => {
      const output = (k: number) => apply(aroundMean, [series.close], {}, k);
      const posterior = regimeLabels.map((label, k) => [label, output(k)]);
      return {
        posterior: Object.fromEntries(posterior) as Record<RegimeLabel, Expr>,
        label: output(5),
        dwell: output(6),
        expectedDwell: output(7),
      };
    },
});

/** Takes whoever earned most per bar in the present regime, and nobody where nobody earned anything. */
const bestMean = definePlugin({
  kind: "selector",
  name: "test-best-mean",
  summary: "Best mean return in the present regime.",
  options: {},
  create: () => ({
    select({ candidates, current, barsSinceSwitch, regime }): Selection {
      const scores = Float64Array.from(candidates, ({ isReady, demotion, byRegime }) =>
        isReady && demotion === null ? byRegime[regime.label].mean : Number.NaN,
      );
      const order = [...scores.keys()]
        .filter((k) => !Number.isNaN(scores[k]!))
        .sort((a, b) => scores[b]! - scores[a]!);
      const best = order.length > 0 && scores[order[0]!]! > 0 ? order[0]! : -1;
      const mayStay = current >= 0 && !Number.isNaN(scores[current]!) && barsSinceSwitch < 24;
      const strategy = mayStay ? current : best;
      return {
        action: strategy === current ? "hold" : strategy < 0 ? "exit" : "switch",
        strategy,
        blend: null,
        share: 1,
        reason: strategy < 0 ? `nobody earns in ${regime.label}` : `earns most in ${regime.label}`,
        runnerUp: order.find((k) => k !== strategy) ?? -1,
        scores,
      };
    },
  }),
});

/** The plug-ins that `testMeta` names. */
export const metaPlugins = [aroundMeanRegime, bestMean];

/** A choice among three strategies, as tests need it. */
export function testMeta(plan: Partial<MetaPlan> = {}): AnyStrategy {
  return metaStrategy({
    name: "test-meta",
    summary: "For tests.",
    params: {},
    plan: () => ({
      arsenal: [smaCross, trendFollowing, meanReversion].map((strategy) => ({ strategy })),
      regime: { use: "test-around-mean" },
      selector: { use: "test-best-mean" },
      windowBars: 200,
      measuredBarsMin: 50,
      ...plan,
    }),
  });
}

export type MetaRun = {
  readonly data?: string;
  readonly strategy?: AnyStrategy;
  readonly config?: RunConfigInput;
  readonly tradeFromMs?: number;
  readonly timeframe?: Timeframe;
};

/** A finished run of a choice on a synthetic market, and what its report is made from. */
export function metaRun(run: MetaRun = {}): { readonly input: ReportInput; readonly result: BacktestResult } {
  const made = syntheticBars(run.data ?? "synthetic:bars=3000", 7);
  const setup = {
    bars: made.map(({ bars }) => bars),
    strategy: run.strategy ?? testMeta(),
    params: {},
    config: runConfigSchema.parse(run.config ?? {}),
    ...(run.tradeFromMs === undefined ? {} : { tradeFromMs: run.tradeFromMs }),
    ...(run.timeframe === undefined ? {} : { timeframe: run.timeframe }),
    registry: withPlugins(metaPlugins),
  };
  const result = executeRun(setup, { withBenchmark: true });
  const selection = selectionOf(result, rivalsOf(result, planOf(setup)!), regimeTruths(made))!;
  return {
    input: reportInputOf(result, { ...reportFacts, title: "A test of a choice", selection }),
    result,
  };
}
