import { calibrationState, driftLevel, type ModelDrift } from "../../analysis/predictions/model-drift.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import { featureStability } from "../../learning/judge/drift-reference.ts";
import { populationStability } from "../../learning/judge/population-stability.ts";
import { predictorModel } from "../predictions/predictor-model.ts";
import { datasetOf } from "../train/train-predictor.ts";
import { answersAfter } from "./answers-after.ts";

/** Whose drift, on which bars. */
export type DriftRequest = {
  readonly artifact: PredictorArtifact;
  readonly bars: Bars;
  readonly calendar: Calendar;
  /** Close time from which it is looked at. */
  readonly fromMs: number;
  /** The newest rows that are looked at. */
  readonly rowsMax: number;
};

/**
 * How far a model has been left behind on the newest bars that it has not seen: its features, what it says, and what came of that.
 * Throws `MODEL_FEATURES_CHANGED` and `MODEL_NOTHING_NEW`.
 */
export async function driftOfModel(request: DriftRequest): Promise<ModelDrift> {
  const { artifact, bars, calendar, fromMs, rowsMax } = request;
  const { features, label, reference } = artifact;
  // Other features of the same names would be taken for a drift of these.
  void predictorModel(artifact);
  const data = datasetOf({ set: featureSetNamed(features.set), bars, calendar, label });
  const newest = data.closeTimeMs[Math.max(0, data.x.rows - rowsMax)] ?? Infinity;
  const { answers, judged } = await answersAfter(artifact, bars, Math.max(fromMs, newest), data);
  const rows = answers.closeTimeMs.length;
  const span = { from: data.x.rows - rows, to: data.x.rows };
  const stability = reference === undefined ? [] : featureStability(reference, data.x, span);
  const moved = stability
    .map((value, k) => ({ name: features.names[k]!, stability: value }))
    .sort((a, b) => b.stability - a.stability);
  const prediction =
    reference === undefined ? null : populationStability(reference.probability, answers.probability);
  const calibration = calibrationState(judged, label.horizonBars);
  return {
    rows,
    fromMs: answers.closeTimeMs[0]!,
    throughMs: answers.closeTimeMs[rows - 1]!,
    features: moved,
    prediction,
    calibration,
    ...driftLevel(moved, prediction, calibration),
  };
}
