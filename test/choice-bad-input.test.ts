import { expect, test } from "vitest";
import { withPlugins } from "../src/app/plugins/registry.ts";
import { runBacktest, type BacktestResult } from "../src/app/runs/run-backtest.ts";
import { refuseOnlyWarmup } from "../src/app/session/warmup-need.ts";
import { runConfigSchema } from "../src/app/config/run-config.ts";
import { hourMs } from "../src/base/time.ts";
import { KiwiError } from "../src/base/errors.ts";
import { barsOf, sliceBars, type Bars } from "../src/domain/bars.ts";
import { apply, type Expr } from "../src/domain/expression.ts";
import { indicator } from "../src/domain/indicator.ts";
import { regimeLabels, type RegimeLabel } from "../src/domain/regime.ts";
import { definePlugin } from "../src/ports/plugin.ts";
import { metaStrategy, type AnyStrategy, type MetaPlan } from "../src/ports/strategy.ts";
import { buyAndHold } from "../src/strategies/buy-and-hold.ts";
import { meanReversion } from "../src/strategies/mean-reversion.ts";
import { meta } from "../src/strategies/meta.ts";
import { smaCross } from "../src/strategies/sma-cross.ts";
import { plantedMarket } from "./regime-harness.ts";
import { arsenalOf } from "../src/selection/arsenal.ts";

// What nobody wishes for and somebody will have: too few bars, prices that do not move, markets without regimes.

const config = runConfigSchema.parse({
  account: { kind: "margin" },
  instruments: { "*": { calendar: "24/7" } },
});
const quick = { measuredBarsMin: 50, windowBars: 100 };
const detectors = ["hmm", "volatility-trend", "bull-bear"] as const;
const selectors = ["regime-performance", "best-recent", "equal-weight"] as const;

function run(bars: Bars, params: Readonly<Record<string, string | number | boolean>>): BacktestResult {
  return runBacktest({ bars: [bars], strategy: meta, params: { ...quick, ...params }, config });
}

/** What every run must show, whatever it is fed. */
function expectSane({ session }: BacktestResult, bars: Bars): void {
  const { log } = session.recorder;
  expect(log.length).toBe(bars.length);
  // A margin account may owe a cent when everything is lost, and no more.
  for (let row = 0; row < log.length; row++) expect(log.equity[row]!).toBeGreaterThan(-0.01);
  for (const { log: choices, candidates } of arsenalOf(session)!.runners)
    for (let row = 0; row < choices.length; row++) {
      expect(choices.strategy[row]! >= -1 && choices.strategy[row]! < candidates.length).toBe(true);
      let total = 0;
      for (let k = 0; k < regimeLabels.length; k++)
        total += choices.posterior[row * regimeLabels.length + k]!;
      expect(total).toBeCloseTo(1, 4);
    }
}

/** Hourly bars of these closes; a bar reaches from the close before to its own. */
function barsOfCloses(closes: readonly number[]): Bars {
  const close = Float64Array.from(closes);
  const open = close.map((_, row) => close[Math.max(0, row - 1)]!);
  return barsOf("ODD", "1h", {
    closeTimeMs: close.map((_, row) => (row + 1) * hourMs),
    open,
    high: close.map((value, row) => Math.max(value, open[row]!)),
    low: close.map((value, row) => Math.min(value, open[row]!)),
    close,
    volume: new Float64Array(closes.length),
  });
}

const market = plantedMarket({ seed: 4, bars: 2_600, drift: 0.25, pull: 0.15, deviation: 0.006 }).bars;
const still = barsOfCloses(Array.from({ length: 2_600 }, () => 50));
const halted = barsOfCloses(Array.from(market.close, (close, row) => (row % 900 < 450 ? 50 : close)));
const crashed = barsOfCloses(Array.from(market.close, (close, row) => (row < 2_000 ? close : 1e-7)));
const climbing = barsOfCloses(Array.from({ length: 2_600 }, (_, row) => 50 * 1.0001 ** row));

const odd = [
  { what: "prices that never move", bars: still },
  { what: "a market that is halted again and again", bars: halted },
  { what: "a price that falls to next to nothing", bars: crashed },
  { what: "a price that rises by the same on every bar", bars: climbing },
];

for (const regime of detectors)
  test.each(odd)(`$what: a choice by ${regime} goes on, and its account is an account`, ({ bars }) => {
    for (const selector of selectors) expectSane(run(bars, { regime, selector }), bars);
  });

test("where nothing moves nobody gains, and nothing is lost but one entry's costs", () => {
  for (const regime of detectors) {
    const { log, trades } = run(still, { regime });
    expect(trades.length).toBeLessThanOrEqual(1);
    expect(log.equity[log.length - 1]!).toBeGreaterThan(10_000 * (1 - 2 * 0.0015));
    expect(log.equity[log.length - 1]!).toBeLessThanOrEqual(10_000);
  }
});

test.each([1, 2, 3, 5, 40, 300])(
  "on %i bars a choice does nothing it could not know, or says that it only warmed up",
  (length) => {
    const bars = sliceBars(market, 0, length);
    for (const regime of detectors) {
      // 250 bars are measured before anybody may be chosen.
      const result = run(bars, { regime, measuredBarsMin: 250, windowBars: 500 });
      expectSane(result, bars);
      const { log } = arsenalOf(result.session)!.runners[0]!;
      if (length <= 250) {
        expect(result.trades).toEqual([]);
        expect(log.switches).toEqual([]);
      }
      // Nothing was decided: the command line refuses, with the way out.
      if (log.length === 0)
        expect(() => refuseOnlyWarmup(result)).toThrow(
          expect.objectContaining({ parts: expect.objectContaining({ code: "WARMUP_TOO_LONG" }) }),
        );
    }
  },
);

test("300 bars are too few for rules that look back a thousand, and the refusal says how many they need", () => {
  const result = run(sliceBars(market, 0, 300), { regime: "volatility-trend" });
  let refusal: unknown;
  try {
    refuseOnlyWarmup(result);
  } catch (cause) {
    refusal = cause;
  }
  expect(refusal).toBeInstanceOf(KiwiError);
  const { code, exit, message, fix } = (refusal as KiwiError).parts;
  expect({ code, exit }).toEqual({ code: "WARMUP_TOO_LONG", exit: "data" });
  expect(message).toMatch(/^meta needs 1\d\d\d bars .* the data have 300 bars of 1h$/);
  expect(fix).toContain("longer data");
});

function metaOf(plan: Partial<MetaPlan>): AnyStrategy {
  return metaStrategy({
    name: "test-meta",
    summary: "",
    params: {},
    plan: () => ({
      arsenal: [{ strategy: buyAndHold }, { strategy: smaCross }],
      regime: { use: "bull-bear" },
      selector: { use: "regime-performance" },
      windowBars: 100,
      measuredBarsMin: 50,
      ...plan,
    }),
  });
}

test("a model with more states than it gets rows to train on stays unknown, and the choice goes on at a smaller size", () => {
  // 50 bars are two looks of 24 bars: fewer than the three states.
  const regime = { use: "hmm", trainBarsMin: 50, refitBars: 100_000 };
  const strategy = metaOf({ regime, selector: { use: "regime-performance", unknownShare: 0.5 } });
  const result = runBacktest({ bars: [market], strategy, params: {}, config });
  expectSane(result, market);
  const { log, regime: window } = arsenalOf(result.session)!.runners[0]!;
  expect(window.view.label).toBe("unknown");
  expect(new Set(log.label.slice(0, log.length))).toEqual(new Set([regimeLabels.indexOf("unknown")]));
  expect(log.switches.length).toBeGreaterThan(0);
  const { events } = result.log;
  const weights = Array.from({ length: events.length }, (_, k) => events.at(k))
    .filter(({ kind }) => kind === "signal")
    .map(({ first }) => Math.abs(first));
  expect(weights.length).toBeGreaterThan(0);
  expect(Math.max(...weights)).toBeLessThanOrEqual(0.5);
});

/** Sure of a trend, but on every third bar it has no number. */
const patchy = indicator({
  name: "test-patchy",
  summary: "A probability with holes.",
  formula: "1, and nothing on every third bar",
  source: "this test",
  inputs: ["close"],
  outputs: [...regimeLabels, "label", "dwell", "expected"],
  params: {},
  warmup: () => 0,
  create(_params, out) {
    let row = 0;
    return () => {
      const isHole = row++ % 3 === 2;
      out.fill(isHole ? Number.NaN : 0);
      if (!isHole) out[0] = 1;
      return out[0]!;
    };
  },
});

test("a detector that has no number on a bar has said `unknown`", () => {
  const detector = definePlugin({
    kind: "regime",
    name: "test-patchy",
    summary: "",
    options: {},
    create: () => (bars) => {
      const output = (k: number) => apply(patchy, [bars.close], {}, k);
      const posterior = regimeLabels.map((label, k) => [label, output(k)] as const);
      return {
        posterior: Object.fromEntries(posterior) as Record<RegimeLabel, Expr>,
        label: output(5),
        dwell: output(6),
        expectedDwell: output(7),
      };
    },
  });
  const strategy = metaOf({ regime: { use: "test-patchy" } });
  const registry = withPlugins([detector]);
  const result = runBacktest({ bars: [market], strategy, params: {}, config, registry });
  expectSane(result, market);
  const { log, candidates } = arsenalOf(result.session)!.runners[0]!;
  const unknowns = log.label.slice(0, log.length).filter((label) => regimeLabels[label] === "unknown");
  expect(unknowns.length).toBeCloseTo(log.length / 3, -1);
  // What is measured on such bars is measured as unknown, and nothing is lost.
  const { byRegime, overall } = candidates[0]!;
  expect(byRegime["trend-up"].bars + byRegime.unknown.bars).toBe(overall.bars);
  expect(byRegime.unknown.bars).toBeGreaterThan(overall.bars / 4);
});

test("in a market of one regime that never changes, a choice of one strategy is that strategy", () => {
  const { bars } = plantedMarket({ seed: 6, bars: 2_600, drift: 0, isUniform: true });
  const strategy = metaOf({ arsenal: [{ strategy: meanReversion, params: { short: true } }] });
  const result = runBacktest({ bars: [bars], strategy, params: {}, config });
  expectSane(result, bars);
  const { log } = arsenalOf(result.session)!.runners[0]!;
  for (let row = 0; row < log.length; row++) expect([-1, 0]).toContain(log.strategy[row]);
});

test("a plan that names what there is not is refused with the nearest name", () => {
  const refused = (plan: Partial<MetaPlan>) => () =>
    runBacktest({ bars: [market], strategy: metaOf(plan), params: {}, config });
  expect(refused({ regime: { use: "hmn" } })).toThrow(/no regime is called "hmn"/);
  expect(refused({ selector: { use: "regime-perfomance" } })).toThrow(/no selector is called/);
  expect(refused({ selector: { use: "best-recent", holdBars: 5 } })).toThrow(/holdBars/);
  expect(refused({ arsenal: [{ strategy: smaCross, params: { fats: 5 } }] })).toThrow(/fats/);
});
