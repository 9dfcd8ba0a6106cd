import { z } from "zod";
import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import { KiwiError } from "../../base/errors.ts";
import { formatTime } from "../../base/time.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import { defineJob, type JobContext } from "../../jobs/job.ts";
import { makeDataset } from "../../learning/data/dataset.ts";
import { explainRow, type PredictionView } from "../../learning/predictors/explain-row.ts";
import { recalibrate } from "../../learning/judge/recalibrate.ts";
import { rawPredictions } from "../../learning/predictors/raw-predictions.ts";
import { runConfigOf } from "../config/config-schema.ts";
import { calculateFeatures } from "../features/calculate-features.ts";
import { resolvedConfigSchema } from "../jobs/request-schemas.ts";
import { calendarOf, rowsBefore } from "../train/model-bars.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { trainingBars } from "../train/training-bars.ts";
import { blindThroughMs } from "./prediction-stage.ts";
import { openNetwork, predictorModel } from "./predictor-model.ts";

const request = z.strictObject({
  folder: z.string(),
  config: resolvedConfigSchema,
  nowMs: z.number(),
  /** `NAME`, or `NAME@VERSION`. */
  model: z.string(),
  /** The newest bar that had closed by then is explained; the last one of the data by default. */
  atMs: z.number().optional(),
});

/** A prediction about one bar, and what the model looked at. */
export type ExplainedPrediction = {
  readonly name: string;
  readonly version: number;
  readonly family: PredictorArtifact["family"];
  readonly symbol: string;
  readonly closeTimeMs: number;
  readonly horizonBars: number;
  readonly probability: number;
  readonly low: number;
  readonly high: number;
  /** The model learned from this bar or its outcome: no run may ask it, and nothing here says how good it is. */
  readonly isLearnedFrom: boolean;
  readonly views: readonly PredictionView[];
};

async function perform(
  { folder, config, nowMs, model: wanted, atMs = Infinity }: z.output<typeof request>,
  { board, stage }: JobContext,
): Promise<ExplainedPrediction> {
  const { name, version } = readModelName(wanted);
  const { artifact } = await new ModelStore(modelsFolderOf(folder)).read(name, version);
  if (artifact.kind !== "predictor") throw ofRegimes(name);
  // Refuses features that mean something else by now.
  const model = predictorModel(artifact);
  const { symbol, timeframe, family, label } = artifact;
  stage("load");
  const own = { ...config, pairs: [symbol], timeframe };
  const { series } = await trainingBars({ folder, config: own, nowMs }, (done, total) =>
    board.report(done, total),
  );
  const bars = series[0]!;
  stage("features");
  const table = calculateFeatures(
    featureSetNamed(artifact.features.set),
    bars,
    calendarOf(bars, runConfigOf(config)),
  );
  const { x } = makeDataset(bars, table.columns, 0, { ...label, moveMin: 0 });
  const row = rowsBefore(bars, atMs + 1) - 1;
  const graph = await openNetwork(artifact);
  const raw = row < 0 ? null : await rawPredictions(artifact, x, row, row + 1, graph);
  const isKnown = raw !== null && !Number.isNaN(raw.probability[0]!);
  const views = isKnown ? await explainRow(artifact, x, row, graph) : [];
  await graph?.close();
  if (!isKnown) throw nothingSaid(artifact, row < 0 ? null : bars.closeTimeMs[row]!);
  const closeTimeMs = bars.closeTimeMs[row]!;
  return {
    name,
    version: artifact.version,
    family,
    symbol,
    closeTimeMs,
    horizonBars: label.horizonBars,
    ...recalibrate(artifact.calibration, raw.probability[0]!),
    isLearnedFrom: closeTimeMs <= blindThroughMs(model, bars),
    views,
  };
}

function ofRegimes(name: string): KiwiError {
  return new KiwiError({
    code: "MODEL_OTHER_KIND",
    exit: "usage",
    message: `${name} is a model of regimes, and gives no prediction of direction`,
    why: "what it thinks of each bar is a probability for every state, and needs no explanation beside it",
    fix: `look at its states: kiwi model show ${name}`,
    topic: "models",
  });
}

function nothingSaid({ name, symbol, windowRows }: PredictorArtifact, timeMs: number | null): KiwiError {
  return new KiwiError({
    code: "PREDICTION_MISSING",
    exit: "data",
    message: `${name} says nothing about ${symbol} at ${timeMs === null ? "that time" : formatTime(timeMs)}`,
    why: `it needs ${windowRows} rows whose features have warmed up, and there are fewer until then`,
    fix: "choose a later --at, or add older bars",
    topic: "models",
  });
}

export default defineJob({ request, perform });
