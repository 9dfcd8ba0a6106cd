import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { externalsNeeded } from "../src/app/bars/externals-needed.ts";
import { runConfigSchema, type RunConfig, type RunConfigInput } from "../src/app/config/run-config.ts";
import { builtIn } from "../src/app/plugins/registry.ts";
import { openModel } from "../src/app/predictions/open-model.ts";
import { PredictionStage } from "../src/app/predictions/prediction-stage.ts";
import { predictionsOfRun } from "../src/app/predictions/predictions-of-run.ts";
import { runBacktest } from "../src/app/runs/run-backtest.ts";
import { layGround } from "../src/app/session/build-session.ts";
import { BarTable } from "../src/domain/bar-table.ts";
import { sliceBars, type Bars } from "../src/domain/bars.ts";
import { readPredictionName } from "../src/domain/external-series.ts";
import { followPredictions } from "../src/strategies/follow-predictions.ts";
import { strategy } from "../src/ports/strategy.ts";
import { centMarket } from "./robot/kill-market.ts";
import { testTools } from "./plugin-tools.ts";
import { trainedModel } from "./trained-model.ts";

// Trained models as one, and what sizes and entries make of it, on bars that none of them has seen.

const [market] = centMarket(6, 1, 2_400) as readonly [BarTable];
const run = sliceBars(market, 1_200, 2_400);
let folder = "";
const ensembleOf = (pool: "linear" | "logarithmic" | "stacked", members = ["quick", "slow"]) => ({
  use: "ensemble" as const,
  members,
  pool,
  regime: { use: "volatility-trend", usualBars: 240 },
});

function configOf(input: RunConfigInput = {}): RunConfig {
  return runConfigSchema.parse({
    account: { kind: "margin", cash: 100_000, leverage: 5 },
    costs: { commission: { use: "rate", rate: 0 }, slippage: { use: "fixed", rate: 0.00001 } },
    instruments: { "*": { calendar: "24/7" } },
    models: { both: ensembleOf("linear"), product: ensembleOf("logarithmic"), stack: ensembleOf("stacked") },
    ...input,
  });
}

/** Wants to be on the other side every eight hours. */
const swing = strategy({
  name: "swing",
  summary: "In and out.",
  params: {},
  setup: ({ bars }) => ({ close: bars.close }),
  onBar({ timeMs, target }) {
    const hours = Math.floor(timeMs / 3_600_000);
    if (hours % 8 === 0) target(hours % 16 === 0 ? 1 : -1, "swing");
    if (hours % 8 === 6) target(0, "out");
  },
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kiwi-ensemble-"));
  const learned = sliceBars(market, 0, 1_700);
  await trainedModel(folder, learned, "quick");
  await trainedModel(folder, learned, "slow", { label: { kind: "direction", horizonBars: 12, moveMin: 0 } });
});
afterAll(() => rmSync(folder, { recursive: true }));

const outputs = ["agreement", "high", "horizon", "low", "probability", "trust", "weight1", "weight2"];

function predicted(config: RunConfig, needed = [{ model: "both", outputs }]): Promise<readonly Bars[]> {
  const rest = {
    timeframe: undefined,
    actions: [],
    tradeFromMs: market.closeTimeMs[1_800]!,
    registry: builtIn,
  };
  return predictionsOfRun({ folder, needed, bars: [run], config, ...rest });
}

test.each(["both", "product", "stack"])(
  "the ensemble %s says the same asked at once, alone, with later bars cut off, and bar by bar",
  async (name) => {
    const config = configOf();
    // Asking alone and with later bars cut off is a part of every run, which would throw.
    const whole = await predicted(config, [{ model: name, outputs }]);
    const grown = new BarTable(run.symbol, "1h");
    const places = { folder, registry: builtIn, models: config.models };
    const model = await openModel(name, places, testTools([run]));
    const stage = new PredictionStage([{ name, model, outputs }], layGround([grown], config));
    for (let row = 0; row < 700; row++) {
      const { closeTimeMs, open, high, low, close, volume } = run;
      grown.append(closeTimeMs[row]!, open[row]!, high[row]!, low[row]!, close[row]!, volume[row]!);
      if (row > 400 || row % 100 === 0) await stage.catchUp();
    }
    for (const [k, table] of stage.tables.entries()) {
      expect(table.length).toBeGreaterThan(100);
      expect(table.close.slice(0, table.length)).toEqual(whole[k]!.close.slice(0, table.length));
    }
    const of = (output: string) => whole.find(({ symbol }) => readPredictionName(symbol).output === output)!;
    const [low, chance, high] = [of("low"), of("probability"), of("high")];
    for (let row = 0; row < chance.length; row++) {
      expect(low.close[row]).toBeLessThanOrEqual(chance.close[row]!);
      expect(high.close[row]).toBeGreaterThanOrEqual(chance.close[row]!);
      expect(of("trust").close[row]).toBeLessThanOrEqual(1 + 1e-12);
      expect(of("agreement").close[row]).toBeLessThanOrEqual(1);
    }
    // Nothing is said before both have stopped learning, their horizons included.
    expect(chance.closeTimeMs[0]).toBeGreaterThan(market.closeTimeMs[1_699]!);
  },
);

test("members of other bars are refused, and so is one that says no probability", async () => {
  await trainedModel(folder, { ...sliceBars(market, 0, 1_500), symbol: "OTHER" }, "other");
  const config = (members: string[]) => configOf({ models: { both: ensembleOf("linear", members) } });
  await expect(predicted(config(["quick", "other"]))).rejects.toThrow(/ENSEMBLE_MIXED/);
  await expect(predicted(config(["quick", "absent"]))).rejects.toThrow(/MODEL_UNKNOWN/);
});

test("a filter lets a strategy enter only when the model agrees, and counts what it kept back", async () => {
  const filtered = configOf({ predictionFilter: { model: "quick" } });
  const setup = { strategy: swing, params: {}, bars: [run] };
  const needed = externalsNeeded({ ...setup, config: filtered }).predictions;
  expect(needed).toEqual([{ model: "quick", outputs: ["probability"] }]);
  const externals = await predicted(filtered, [...needed] as never);
  const tradeFromMs = market.closeTimeMs[1_800]!;
  const free = runBacktest({ ...setup, config: configOf(), tradeFromMs });
  const kept = runBacktest({ ...setup, config: filtered, externals, tradeFromMs });
  const chanceAt = (timeMs: number) => {
    const [table] = externals as readonly [Bars];
    return table.close[table.closeTimeMs.subarray(0, table.length).findLastIndex((one) => one <= timeMs)]!;
  };
  const refused = [...(kept.session.pipeline.sizer.refusals ?? [])];
  expect(refused).toEqual([["predictionFilter: the model does not agree", expect.any(Number)]]);
  expect(kept.trades.length).toBeGreaterThan(0);
  expect(kept.trades.length).toBeLessThan(free.trades.length);
  for (const { side, entryTimeMs } of kept.trades)
    // Decided at the close before the fill.
    expect(Math.sign(chanceAt(entryTimeMs - 1) - 0.5)).toBe(side === "long" ? 1 : -1);
});

test("the sizer by confidence holds what an honest model is sure of, less when it disagrees with itself, nothing once it has drifted", async () => {
  const sizing = { use: "confidence", model: "quick" };
  const config = configOf({ sizing });
  const setup = { strategy: followPredictions, params: { model: "quick", horizonBars: 4 }, bars: [run] };
  const needed = externalsNeeded({ ...setup, config }).predictions;
  expect(needed).toEqual([{ model: "quick", outputs: ["high", "horizon", "low", "probability"] }]);
  const externals = await predicted(config, [...needed] as never);
  // A strategy that always wants all of it, so that the sizer alone decides.
  const sure = (shift: number, reach: number): readonly Bars[] =>
    externals.map((table) => {
      const { output } = readPredictionName(table.symbol);
      const value = {
        low: 0.5 + shift - reach,
        high: 0.5 + shift + reach,
        probability: 0.5 + shift,
        horizon: 4,
      }[output]!;
      return { ...table, close: table.close.map(() => value) };
    });
  const held = (series: readonly Bars[], more: object = {}) => {
    const result = runBacktest({
      strategy: swing,
      params: {},
      bars: [run],
      config: configOf({ sizing: { ...sizing, shareMax: 10, ...more } }),
      externals: series,
      tradeFromMs: market.closeTimeMs[1_760]!,
    });
    return result.trades.reduce((sum, { quantity, entryPrice }) => sum + Math.abs(quantity) * entryPrice, 0);
  };
  const [narrow, wide, none] = [
    held(sure(0.06, 0.01), { driftLimit: 10 }),
    held(sure(0.06, 0.04), { driftLimit: 10 }),
    held(sure(0.06, 0.07), { driftLimit: 10 }),
  ];
  expect(narrow).toBeGreaterThan(0);
  expect(wide).toBeLessThan(narrow);
  expect(none).toBe(0);
  // Nineteen of twenty are promised to rise, and half of them do.
  expect(held(sure(0.45, 0.01))).toBeLessThan(narrow);
});
