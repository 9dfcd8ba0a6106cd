import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TrainingRuns } from "../../../adapters/stores/models/training-runs.ts";
import { mlflowRun } from "../../../adapters/tracking/mlflow-run.ts";
import { KiwiError } from "../../../base/errors.ts";
import type { TrainingEnd, TrainingLog, TrainingParams } from "../../../ports/learning/training-log.ts";
import { onnxOf } from "../export-model.ts";
import { trainingsFolderOf } from "../models-folder.ts";
import { trainPredictor, type PredictorOutcome, type PredictorTraining } from "../train-predictor.ts";

/** Where the story of a training is written. */
export type TrainingPlaces = {
  readonly folder: string;
  /** Address of an MLflow server; absent for none. */
  readonly mlflow?: string | undefined;
  /** Hears what goes wrong with writing it, which does not end the training. */
  readonly warn: (line: string) => void;
};

/**
 * Trains a model of direction and writes the story of it: into the folder of trainings, and to MLflow where there is a server.
 * Throws what `trainPredictor` throws, `MLFLOW_ADDRESS`, and what beginning a folder throws.
 */
export async function loggedTraining(
  training: PredictorTraining,
  { folder, mlflow, warn }: TrainingPlaces,
): Promise<PredictorOutcome> {
  const { name, createdMs, store } = training;
  const params = paramsOf(training);
  const remote = mlflow === undefined ? [] : [mlflowRun(mlflow, name, params, warn)];
  const local = await new TrainingRuns(trainingsFolderOf(folder)).begin(name, params, createdMs, warn);
  const logs: readonly TrainingLog[] = [local, ...remote];
  const end = async (ended: TrainingEnd): Promise<void> => {
    for (const log of logs) await log.end(ended);
  };
  try {
    const outcome = await trainPredictor({
      ...training,
      log: (...told) => logs.forEach((log) => log.metrics(...told)),
    });
    const { artifact } = outcome.model;
    const { version } = outcome;
    const path = join(store.root, name, `${version}.json`);
    const files =
      remote.length === 0
        ? []
        : [
            { name: `${name}-${version}.json`, bytes: await readFile(path) },
            { name: `${name}-${version}.onnx`, bytes: onnxOf(artifact) },
          ];
    const scores = scoresOf(artifact.scores);
    await end({ status: "done", params: artifact.settings, scores, files, version, error: null });
    return outcome;
  } catch (error) {
    const text = error instanceof KiwiError ? `${error.parts.code} ${error.parts.message}` : String(error);
    await end({ status: "failed", params: {}, scores: {}, files: [], version: null, error: text });
    throw error;
  }
}

function paramsOf({
  family,
  bars,
  set,
  label,
  folds,
  calibration,
  seed,
  codeVersion,
}: PredictorTraining): TrainingParams {
  return {
    family,
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    bars: bars.length,
    features: set.name,
    label: label.kind,
    horizonBars: label.horizonBars,
    moveMin: label.moveMin,
    folds,
    calibration,
    seed,
    codeVersion,
  };
}

/** Every score that is one number; of those with an interval, the ends too. */
function scoresOf(scores: PredictorOutcome["model"]["artifact"]["scores"]): TrainingEnd["scores"] {
  return Object.fromEntries(
    Object.entries(scores ?? {}).flatMap(([name, value]) => {
      if (typeof value === "number") return [[name, value]];
      if (value === null) return [];
      const { value: middle, low, high } = value;
      return [
        [name, middle],
        [`${name}Low`, low],
        [`${name}High`, high],
      ];
    }),
  ) as TrainingEnd["scores"];
}
