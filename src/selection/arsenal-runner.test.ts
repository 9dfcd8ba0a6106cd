import { expect, test } from "vitest";
import { handBars, perform, type HandBar, type Performance } from "../../test/strategy-harness.ts";
import { withPlugins } from "../app/plugins/registry.ts";
import { runBacktest, type BacktestResult } from "../app/runs/run-backtest.ts";
import { runConfigSchema } from "../app/config/run-config.ts";
import { hourMs } from "../base/time.ts";
import { syntheticMarket } from "../data/synthetic/synthetic-market.ts";
import { sliceBars, type Bars } from "../domain/bars.ts";
import type { Timeframe } from "../domain/timeframe.ts";
import { definePlugin } from "../ports/plugin.ts";
import type { Selection } from "../ports/selector.ts";
import { metaStrategy, strategy, type AnyStrategy, type TargetOptions } from "../ports/strategy.ts";
import { smaCross } from "../strategies/sma-cross.ts";
import { trendFollowing } from "../strategies/trend-following.ts";
import { arsenalOf } from "./arsenal.ts";

const startMs = Date.UTC(2024, 0, 1);
const rowOf = (timeMs: number) => (timeMs - startMs) / hourMs - 1;

type Say = readonly [weight: number, options: string | TargetOptions];

/** Says what it is told to, bar by bar. */
function scripted(name: string, says: Readonly<Record<number, Say>>): AnyStrategy {
  return strategy({
    name,
    summary: "",
    params: {},
    setup: () => ({}),
    onBar({ timeMs, target }) {
      const say = says[rowOf(timeMs)];
      if (say !== undefined) target(...say);
    },
  });
}

type Choice = { readonly strategy: number; readonly share?: number; readonly blend?: readonly number[] };

/** Chooses what it is told to, from the bar named on. */
function scriptedSelector(choices: Readonly<Record<number, Choice>>) {
  return definePlugin({
    kind: "selector",
    name: "test-scripted",
    summary: "",
    options: {},
    create() {
      let now: Choice = { strategy: -1 };
      return {
        select({ timeMs, current, candidates }): Selection {
          now = choices[rowOf(timeMs)] ?? now;
          return {
            action: now.strategy === current ? "hold" : now.strategy < 0 ? "exit" : "switch",
            strategy: now.strategy,
            blend: now.blend === undefined ? null : Float64Array.from(now.blend),
            share: now.share ?? 1,
            reason: "told so",
            runnerUp: -1,
            scores: new Float64Array(candidates.length),
          };
        },
      };
    },
  });
}

function metaOf(arsenal: readonly AnyStrategy[], use = "test-scripted"): AnyStrategy {
  return metaStrategy({
    name: "test-meta",
    summary: "",
    params: {},
    plan: () => ({
      arsenal: arsenal.map((one) => ({ strategy: one })),
      // Answers `unknown` from the first bar on.
      regime: { use: "hmm" },
      selector: { use },
      windowBars: 100,
      measuredBarsMin: 1,
    }),
  });
}

function act(
  arsenal: readonly AnyStrategy[],
  choices: Readonly<Record<number, Choice>>,
  rows: readonly HandBar[],
): Performance {
  return perform(metaOf(arsenal), handBars(rows), {}, {}, withPlugins([scriptedSelector(choices)]));
}

/** Without a word from the market. */
const still: readonly HandBar[] = Array.from({ length: 12 }, () => 100);
const idle = scripted("idle", {});

test("the chosen strategy is followed from signal to signal, under its name", () => {
  const one = scripted("one", { 2: [1, "up"], 6: [0, "enough"] });
  const { signals, fills } = act([one, idle], { 1: { strategy: 0 } }, still);
  expect(signals).toEqual(["2: 1 one: up", "6: 0 one: enough"]);
  expect(fills).toEqual(["3: buy 100", "7: sell 100"]);
});

test("when a stop has closed the position in the shadow, the account is flat with it", () => {
  const one = scripted("one", { 2: [1, { reason: "up", stopPrice: 95 }] });
  const rows = [100, 100, 100, 100, [100, 100, 90, 92] as const, 92, 92, 92];
  const { signals, fills, trades } = act([one], { 1: { strategy: 0 } }, rows);
  expect(signals).toEqual(["2: 1 one: up", "4: 0 one: its own position is closed"]);
  expect(fills).toEqual(["3: buy 100", "4: sell 95"]);
  expect(trades).toHaveLength(1);
});

test("who takes over buys what its shadow holds at market, with the shadow's own stop and target", () => {
  const one = scripted("one", {
    2: [1, { reason: "up", stopPrice: 80, takeProfitPrice: 130, entry: { kind: "limit", price: 99 } }],
  });
  // The shadow gets its limit at bar 3; the choice falls on it at bar 5.
  const rows = [100, 100, 100, [100, 100, 98, 100] as const, 100, 100, 100, 100];
  const { signals, fills, waiting } = act([idle, one], { 1: { strategy: 0 }, 5: { strategy: 1 } }, rows);
  expect(signals).toEqual(["5: 1 one takes over: told so"]);
  expect(fills).toEqual(["6: buy 100"]);
  expect(waiting).toEqual(["5: sell stop-loss 80", "5: sell take-profit 130"]);
});

test("who takes over while it waits for a price goes on waiting for that price", () => {
  const one = scripted("one", {
    2: [1, { reason: "up", stopPrice: 80, entry: { kind: "limit", price: 90 } }],
  });
  const rows = [100, 100, 100, 100, 100, 100, 100, [100, 100, 85, 95] as const, 95];
  const { fills, waiting } = act([idle, one], { 1: { strategy: 0 }, 5: { strategy: 1 } }, rows);
  expect(waiting).toEqual(["5: buy one takes over: told so 90", "5: sell stop-loss 80"]);
  expect(fills).toEqual(["7: buy 90"]);
});

test("who takes over and holds nothing sells what the one before it held", () => {
  const one = scripted("one", { 2: [1, "up"] });
  const { signals, fills } = act([one, idle], { 1: { strategy: 0 }, 5: { strategy: 1 } }, still);
  expect(signals).toEqual(["2: 1 one: up", "5: 0 idle holds nothing; told so"]);
  expect(fills).toEqual(["3: buy 100", "6: sell 100"]);
});

test("who takes over from the other side turns the position around", () => {
  const [long, short] = [scripted("long", { 2: [1, "up"] }), scripted("short", { 2: [-1, "down"] })];
  const { signals, fills } = act([long, short], { 1: { strategy: 0 }, 5: { strategy: 1 } }, still);
  expect(signals).toEqual(["2: 1 long: up", "5: -1 short takes over: told so"]);
  expect(fills).toEqual(["3: buy 100", "6: sell 100"]);
});

test("another share of the money changes the size of what is held, and of what comes", () => {
  const one = scripted("one", { 2: [1, "up"], 8: [-1, "down"] });
  const choices = { 1: { strategy: 0, share: 1 }, 5: { strategy: 0, share: 0.5 } };
  const { signals, fills, trades } = act([one], choices, still);
  expect(signals).toEqual(["2: 1 one: up", "5: 0.5 one in another size: told so", "8: -0.5 one: down"]);
  expect(fills).toEqual(["3: buy 100", "6: sell 100", "9: sell 100"]);
  // All of 10,000 at 100, half of it given back on the way.
  expect(trades.map(({ quantity }) => quantity)).toEqual([100]);
});

test("nobody chosen is nothing held, said once", () => {
  const one = scripted("one", { 2: [1, "up"], 7: [-1, "down"] });
  const { signals, fills } = act([one], { 1: { strategy: 0 }, 5: { strategy: -1 } }, still);
  expect(signals).toEqual(["2: 1 one: up", "5: 0 told so"]);
  expect(fills).toEqual(["3: buy 100", "6: sell 100"]);
});

test("a blend holds the sum of what its parts hold, each with its share, and of the share of them all", () => {
  const long = scripted("long", { 2: [1, "up"], 8: [0, "out"] });
  const short = scripted("short", { 4: [-1, "down"] });
  const blend = [0.75, 0.25];
  const { signals } = act(
    [long, short],
    { 1: { strategy: 0, blend }, 6: { strategy: 0, blend, share: 0.5 } },
    still,
  );
  expect(signals).toEqual(["2: 0.75 told so", "4: 0.5 told so", "6: 0.25 told so", "8: -0.125 told so"]);
});

test("a blend does not speak of small changes, but always of the last of them", () => {
  const [long, other] = [scripted("long", { 2: [1, "up"] }), scripted("other", {})];
  const { signals } = act(
    [long, other],
    {
      1: { strategy: 0, blend: [0.5, 0.5] },
      5: { strategy: 0, blend: [0.53, 0.47] },
      6: { strategy: 0, blend: [0.56, 0.44] },
      7: { strategy: 0, blend: [0.02, 0.98] },
      8: { strategy: 0, blend: [0, 1] },
    },
    still,
  );
  expect(signals.map((signal) => signal.split(" ").slice(0, 2).join(" "))).toEqual([
    "2: 0.5",
    "6: 0.56",
    "7: 0.02",
    "8: 0",
  ]);
});

const config = runConfigSchema.parse({ instruments: { "*": { calendar: "24/7" } } });

function market(bars: number): readonly Bars[] {
  return syntheticMarket({ seed: 21, symbols: ["AAA", "BBB"], timeframe: "1h", bars, startMs }).bars;
}

function run(tables: readonly Bars[], one: AnyStrategy, timeframe?: Timeframe): BacktestResult {
  const setup = { bars: tables, strategy: one, params: {}, config };
  return runBacktest(timeframe === undefined ? setup : { ...setup, timeframe });
}

const pair = metaOf([smaCross, trendFollowing], "best-recent");

test("decisions on four hours, bars of one: one choice every four hours, and shadows that decide as they would alone", () => {
  const [table] = market(6_000);
  const { session } = run([table!], pair, "4h");
  const [runner] = arsenalOf(session)!.runners;
  expect(runner!.log.length).toBeGreaterThan(1_000);
  for (let k = 0; k < runner!.log.length; k++) expect(runner!.log.timeMs[k]! % (4 * hourMs)).toBe(0);
  for (const [k, one] of [smaCross, trendFollowing].entries()) {
    const alone = run([table!], one, "4h");
    expect(alone.trades.length).toBeGreaterThan(2);
    const { shadow, overall } = runner!.candidates[k]!;
    expect(shadow.session.recorder.log.hash()).toBe(alone.decisionsHash);
    // Measured by decision bars, not by the bars that orders fill on.
    expect(overall.bars).toBe(1_500 - 1 - shadow.runner.firstDecisionRow());
  }
});

test("a symbol that begins later changes nothing for the one that was there before", () => {
  const [first, second] = market(2_000);
  const late = sliceBars(second!, 900, 2_000);
  const both = arsenalOf(run([first!, late], pair).session)!.runners;
  for (const [k, table] of [first!, late].entries()) {
    const alone = arsenalOf(run([table], pair).session)!.runners[0]!;
    const { log } = both[k]!;
    expect(log.length).toBe(alone.log.length);
    expect(log.length).toBeGreaterThan(900);
    expect(log.switches).toEqual(alone.log.switches);
    expect(log.switches.length).toBeGreaterThan(1);
  }
});

test("a symbol that ends before any strategy is warm is never traded, and the others are", () => {
  const [first, second] = market(1_000);
  const short = sliceBars(second!, 0, 25);
  const { session, trades } = run([first!, short], pair);
  const [long, cold] = arsenalOf(session)!.runners;
  expect(cold!.log.length).toBe(0);
  expect(cold!.candidates.map(({ overall }) => overall.bars)).toEqual([0, 0]);
  expect(long!.log.length).toBeGreaterThan(500);
  expect(trades.length).toBeGreaterThan(3);
  expect(new Set(trades.map(({ instrument }) => instrument))).toEqual(new Set([0]));
});

test("who takes over without a stop is not sold by the stop of the one before it", () => {
  const one = scripted("one", { 2: [1, { reason: "up", stopPrice: 95 }] });
  const other = scripted("other", { 2: [1, "hold"] });
  const rows = [100, 100, 100, 100, 100, 100, 100, 100, [100, 100, 90, 98] as const, 99, 100];
  const { fills } = act([one, other], { 1: { strategy: 0 }, 5: { strategy: 1 } }, rows);
  expect(fills).toEqual(["3: buy 100"]);
});

test("a blend is not sold by the stop of the one strategy that traded before it", () => {
  const one = scripted("one", { 2: [1, { reason: "up", stopPrice: 95 }] });
  const other = scripted("other", { 2: [1, "hold"] });
  const rows = [100, 100, 100, 100, 100, 100, 100, 100, [100, 100, 90, 98] as const, 99, 100];
  const choices = { 1: { strategy: 0 }, 5: { strategy: 1, blend: [0, 1] } };
  expect(act([one, other], choices, rows).fills).toEqual(["3: buy 100"]);
});

test("who takes over brings the stop that an earlier signal of its own set and a later one did not name", () => {
  const one = scripted("one", { 2: [1, { reason: "up", stopPrice: 95 }], 4: [1, "still up"] });
  const other = scripted("other", { 2: [1, "hold"] });
  const rows = [100, 100, 100, 100, 100, 100, 100, 100, [100, 100, 90, 98] as const, 99, 100];
  const { fills } = act([one, other], { 1: { strategy: 1 }, 5: { strategy: 0 } }, rows);
  expect(fills).toEqual(["3: buy 100", "8: sell 95"]);
});
