import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/run-kiwi.ts";
import { trainedModel } from "../../../test/trained-model.ts";
import { marketBars } from "../../../test/training-bars.ts";
import type { StoredModel } from "../../adapters/stores/models/stored-model.ts";
import { KiwiError } from "../../base/errors.ts";
import { sliceBars, type Bars } from "../../domain/bars.ts";
import { calendarNamed } from "../../domain/calendar/calendar-named.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { runConfigSchema } from "../config/run-config.ts";
import { compareModels, rivalsOf } from "./compare-models.ts";
import { driftOfModel } from "./drift-of-model.ts";
import { evaluateModel, type EvaluationRequest } from "./evaluate-model.ts";
import { directionModel } from "./subject-bars.ts";

const { path: folder, remove } = temporaryFolder();
const bars = marketBars(2_400);
const calendar = calendarNamed("24/7");
let model: StoredModel<PredictorArtifact>;

beforeAll(async () => {
  await trainedModel(folder, sliceBars(bars, 0, 1_700), "rise");
  model = await directionModel(folder, "rise");
});
afterAll(remove);

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof KiwiError ? error.parts.code : String(error);
}

function evaluate(changes: Partial<EvaluationRequest> = {}) {
  return evaluateModel({
    model,
    bars,
    calendar,
    config: runConfigSchema.parse({ account: { kind: "margin" } }),
    method: { kind: "after-training" },
    fromMs: -Infinity,
    dataKind: "synthetic",
    warnings: [],
    command: "",
    threads: 1,
    seed: 1,
    onProgress() {},
    ...changes,
  });
}

test("the same question has the same answer, walking forward too", async () => {
  expect(await evaluate()).toEqual(await evaluate());
  const walk = { method: { kind: "walk-forward", folds: 2 } } as const;
  expect(await evaluate(walk)).toEqual(await evaluate(walk));
});

test("costs make trading worse, and change nothing of the calls", async () => {
  const costs = (rate: number) => ({
    commission: { use: "rate", rate },
    slippage: { use: "fixed", rate: 0 },
    borrowRate: 0,
  });
  const at = (rate: number) =>
    evaluate({ config: runConfigSchema.parse({ account: { kind: "margin" }, costs: costs(rate) }) });
  const [free, dear] = [await at(0), await at(0.002)];
  expect(dear.forecasts).toEqual(free.forecasts);
  expect(dear.trading[0]!.totalReturn!).toBeLessThan(free.trading[0]!.totalReturn!);
  expect(free.trading[0]!.costShare).toBe(0);
});

test("bars on which only one thing ever happens have no skill to measure, and no number is made up", async () => {
  const rising = (values: Float64Array) => values.map((value, row) => value * Math.exp(0.05 * row));
  const up: Bars = {
    ...bars,
    open: rising(bars.open),
    high: rising(bars.high),
    low: rising(bars.low),
    close: rising(bars.close),
  };
  const { forecasts, level } = await evaluate({ bars: up });
  expect(level).not.toBe("supported");
  expect(forecasts).toMatchObject({
    auc: null,
    brierSkill: null,
    roc: [],
    scores: { baseRate: 1, auc: null },
  });
  expect(await codeOf(evaluate({ bars: up, method: { kind: "walk-forward", folds: 1 } }))).toBe(
    "TRAIN_ONE_OUTCOME",
  );
});

test("features in another order, or fewer of them, are refused wherever a model is asked", async () => {
  const { names } = model.artifact.features;
  for (const changed of [names.toReversed(), names.slice(1)]) {
    const artifact = { ...model.artifact, features: { ...model.artifact.features, names: changed } };
    const drift = driftOfModel({ artifact, bars, calendar, fromMs: -Infinity, rowsMax: 400 });
    expect(await codeOf(drift)).toBe("MODEL_FEATURES_CHANGED");
    expect(await codeOf(evaluate({ model: { ...model, artifact } }))).toBe("MODEL_FEATURES_CHANGED");
    const rivals = { champion: model, challenger: { ...model, artifact } };
    expect(await codeOf(compareModels(rivals, bars, calendar, -Infinity, 1))).toBe("MODEL_FEATURES_CHANGED");
  }
});

test("one version has no rival, and a model that looks elsewhere is none", async () => {
  expect(await codeOf(rivalsOf(folder, "rise", undefined))).toBe("MODEL_NO_CHALLENGER");
  const label = { kind: "direction", horizonBars: 8, moveMin: 0 } as const;
  await trainedModel(folder, sliceBars(bars, 0, 1_700), "far", { label });
  const rivals = await rivalsOf(folder, "rise", "far");
  expect(await codeOf(compareModels(rivals, bars, calendar, -Infinity, 1))).toBe("MODEL_INCOMPARABLE");
});

test("a corrupt file, and one that comes from elsewhere, is no model", async () => {
  await trainedModel(folder, sliceBars(bars, 0, 1_700), "broken");
  const path = join(folder, ".kiwi", "models", "broken", "1.json");
  const text = readFileSync(path, "utf8");
  for (const other of [text.replace(/0\.\d/, "0.77"), "\u0008\u0007ONNX", text.slice(0, 900)]) {
    writeFileSync(path, other);
    expect(await codeOf(directionModel(folder, "broken"))).toBe("MODEL_DAMAGED");
  }
});

test("a model from before drift was measured is told by its outcomes alone", async () => {
  const { reference, ...artifact } = model.artifact;
  expect(reference!.features).toHaveLength(artifact.features.names.length);
  const drift = await driftOfModel({ artifact, bars, calendar, fromMs: -Infinity, rowsMax: 400 });
  expect(drift).toMatchObject({ features: [], prediction: null });
  expect(drift.calibration.rows).toBeGreaterThan(300);
});
