import { ModelStore } from "../../adapters/stores/models/model-store.ts";
import type { StoredModel } from "../../adapters/stores/models/stored-model.ts";
import { comparePredictions, type Compared } from "../../analysis/predictions/compare-predictions.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import { predictorModel } from "../predictions/predictor-model.ts";
import { modelsFolderOf, readModelName } from "../train/models-folder.ts";
import { datasetOf } from "../train/train-predictor.ts";
import { answersAfter } from "./answers-after.ts";
import { incomparable, noChallenger, nothingNew } from "./evaluation-errors.ts";
import { directionModel } from "./subject-bars.ts";

type Model = StoredModel<PredictorArtifact>;

/** A model in use, or the first of two that were named, and the one that would take its place. */
export type Rivals = { readonly champion: Model; readonly challenger: Model };

/**
 * Two models by name: `NAME` alone means the version in use and the newest other one. Throws `MODEL_NO_CHALLENGER`,
 * `MODEL_OTHER_KIND` and what the store throws.
 */
export async function rivalsOf(folder: string, wanted: string, other: string | undefined): Promise<Rivals> {
  const champion = await directionModel(folder, wanted);
  const challenger =
    other === undefined ? await challengerOf(folder, champion) : await directionModel(folder, other);
  if (challenger === null) throw noChallenger(champion.artifact);
  return { champion, challenger };
}

/** The newest readable version of a model beside the one that is given; null where there is none. */
export async function challengerOf(folder: string, { artifact }: Model): Promise<Model | null> {
  const { name } = readModelName(artifact.name);
  const found = await new ModelStore(modelsFolderOf(folder)).list(name);
  for (const version of found.toReversed()) {
    if (version.kind === "unreadable" || version.version === artifact.version) continue;
    const { model } = version;
    if (model.artifact.kind === "predictor") return { ...model, artifact: model.artifact };
  }
  return null;
}

/**
 * Holds two models against each other on bars that neither has seen, row by row. Throws `MODEL_INCOMPARABLE`,
 * `MODEL_NOTHING_NEW` and `MODEL_FEATURES_CHANGED`.
 */
export async function compareModels(
  { champion, challenger }: Rivals,
  bars: Bars,
  calendar: Calendar,
  fromMs: number,
  seed: number,
): Promise<Compared> {
  refuseUnlike(champion.artifact, challenger.artifact);
  const judged = [];
  for (const { artifact } of [champion, challenger]) {
    void predictorModel(artifact);
    const set = featureSetNamed(artifact.features.set);
    const data = datasetOf({ set, bars, calendar, label: artifact.label });
    judged.push((await answersAfter(artifact, bars, fromMs, data)).judged);
  }
  const { artifact } = champion;
  const compared = comparePredictions(judged[0]!, judged[1]!, artifact.label.horizonBars, seed);
  if (compared === null) throw nothingNew(artifact, bars, artifact.trainedThroughMs);
  return compared;
}

/** Two that answer different questions cannot be held against each other. */
function refuseUnlike(a: PredictorArtifact, b: PredictorArtifact): void {
  const isAlike =
    a.symbol === b.symbol &&
    a.timeframe === b.timeframe &&
    a.label.kind === b.label.kind &&
    a.label.horizonBars === b.label.horizonBars &&
    a.label.moveMin === b.label.moveMin;
  if (!isAlike) throw incomparable(a, b);
}
