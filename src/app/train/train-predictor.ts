import type { ModelStore, Saved } from "../../adapters/stores/models/model-store.ts";
import type { Judgement, ModelDraft } from "../../adapters/stores/models/stored-model.ts";
import { joinJudged, scorePredictions, type Judged } from "../../analysis/predictions/score-predictions.ts";
import { bytesOf, sha256Of } from "../../base/hash.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { PredictorArtifact, PredictorFamily, PredictorScores } from "../../domain/predictor-artifact.ts";
import type { FeatureSet } from "../../features/feature-set.ts";
import { labelledRows, makeDataset, type Dataset } from "../../learning/data/dataset.ts";
import type { LabelOptions } from "../../learning/data/labels.ts";
import { partsBefore, rowsNeeded, walkDefaults, walkForward, type Fold } from "../../learning/data/splits.ts";
import { driftReference } from "../../learning/judge/drift-reference.ts";
import type { Learner, MetricsLog } from "../../learning/predictors/fit-predictor.ts";
import {
  makePredictor,
  recalibrationOf,
  type Ears,
  type Made,
  type Recipe,
} from "../../learning/predictors/make-predictor.ts";
import { calculateFeatures } from "../features/calculate-features.ts";
import { answersFor, judgedOf, type Answers } from "../evaluation/answers.ts";
import { definitionHash, expressionsOf } from "../features/set-expressions.ts";
import { openNetwork } from "../predictions/predictor-model.ts";
import { missingFeatures } from "./missing-features.ts";
import { oneOutcome, tooFewRows } from "./predictor-errors.ts";

/** Everything that training a model of direction depends on. */
export type PredictorTraining = {
  readonly store: ModelStore;
  readonly name: string;
  readonly family: PredictorFamily;
  readonly learner: Learner;
  readonly bars: Bars;
  readonly calendar: Calendar;
  readonly set: FeatureSet;
  readonly label: LabelOptions;
  /** Turns of the walk forward that it is judged by. */
  readonly folds: number;
  readonly calibration: "beta" | "steps";
  readonly seed: number;
  readonly codeVersion: string;
  readonly createdMs: number;
  readonly dataKind: ModelDraft["dataKind"];
  readonly onProgress: (done: number, total: number) => void;
  /** Hears numbers while it learns: of `turn1`, `turn2`, ... of the walk forward, then of the model itself, `final`. */
  readonly log?: (part: string, ...metrics: Parameters<MetricsLog>) => void;
};

/** What training came to. */
export type PredictorOutcome = Saved & {
  readonly name: string;
  readonly model: ModelDraft<PredictorArtifact>;
  /** Version in use before; null for none. */
  readonly replaced: number | null;
  /** Loss on held rows, look by look; empty where learning is not looked at as it goes. */
  readonly heldLosses: readonly number[];
  readonly warnings: readonly string[];
};

/** Trains a model of direction, judges it by walking forward, and keeps it. Throws `TRAIN_TOO_FEW_ROWS` and `TRAIN_ONE_OUTCOME`. */
export async function trainPredictor(training: PredictorTraining): Promise<PredictorOutcome> {
  const { store, name, dataKind, createdMs, bars, label, folds } = training;
  const data = datasetOf(training);
  const gaps = { purge: label.horizonBars, embargo: label.horizonBars };
  const needed = rowsNeeded(gaps.purge, gaps.embargo);
  if (data.x.rows < needed) throw tooFewRows(bars, data.x.rows, needed, training.set.name);
  const options = { ...walkDefaults, ...gaps, folds };
  const turns = walkForward(data.x.rows, options);
  const total = (turns.length + 1) * 1000;
  const ears = (turn: number): Ears => ({
    onShare: (share) => training.onProgress(Math.round((turn + share) * 1000), total),
    log: (...metrics) => training.log?.(turn < folds ? `turn${turn + 1}` : "final", ...metrics),
  });
  const recipe = { ...training, recalibratedBy: recalibrationOf(training.family) };
  const judged: Judged[] = [];
  for (const [turn, fold] of turns.entries()) judged.push(await judgeFold(recipe, data, fold, ears(turn)));
  const scores = scorePredictions(joinJudged(judged), label.horizonBars, training.seed);
  const parts = partsBefore(data.x.rows, { ...walkDefaults, purge: 0, embargo: label.horizonBars });
  refuseOneOutcome(training, data, parts);
  const made = await makePredictor(recipe, data, parts, openNetwork, ears(folds));
  const artifact = artifactOf(training, data, made, scores);
  const inUse = (await store.promotions(name))[0] ?? null;
  const judgement = inUse === null ? null : await judgeAgainst(training, inUse, scores);
  const draft: ModelDraft<PredictorArtifact> = { artifact, dataKind, tried: [], judgement };
  const saved = await store.save(draft, createdMs, (judgement?.isAtLeastAsGood ?? true) ? inUse : undefined);
  training.onProgress(total, total);
  const model = { ...draft, artifact: { ...artifact, version: saved.version } };
  return {
    ...saved,
    name,
    model,
    replaced: inUse,
    heldLosses: made.learned.heldLosses ?? [],
    warnings: [
      ...(made.learned.warnings ?? []),
      // Trees have a side for what is missing.
      ...(artifact.body.kind === "trees" ? [] : missingFeatures(data, parts.learn, artifact.features.names)),
    ],
  };
}

/** Features of every bar from the first on that has them, and what became of it. */
export function datasetOf({
  set,
  bars,
  calendar,
  label,
}: Pick<PredictorTraining, "set" | "bars" | "calendar" | "label">): Dataset {
  const table = calculateFeatures(set, bars, calendar);
  // Where some feature never has a value, the others begin when most of them do.
  const enough = 0.8 * table.columns.length;
  const mostly = firstRowWith(table.columns, table.length, enough);
  const first = table.firstCompleteRow < table.length ? table.firstCompleteRow : mostly;
  return makeDataset(bars, table.columns, first, label);
}

function firstRowWith(columns: readonly Float64Array[], length: number, enough: number): number {
  for (let row = 0; row < length; row++)
    if (columns.filter((column) => !Number.isNaN(column[row]!)).length >= enough) return row;
  return length;
}

/** What learning one turn depends on, besides its rows. */
export type TurnTraining = Recipe & { readonly bars: Pick<Bars, "symbol"> };

/** Learns, recalibrates and predicts one turn; the next turn knows nothing of it. Throws `TRAIN_ONE_OUTCOME`. */
export async function answerFold(
  training: TurnTraining,
  data: Dataset,
  fold: Fold,
  ears: Ears,
): Promise<Answers> {
  refuseOneOutcome(training, data, fold);
  const { learned, calibrated, graph } = await makePredictor(training, data, fold, openNetwork, ears);
  const answers = await answersFor({ ...learned, ...calibrated }, data, fold.test, graph);
  await graph?.close();
  return answers;
}

/** The same beside what became of it. */
export async function judgeFold(
  training: TurnTraining,
  data: Dataset,
  fold: Fold,
  ears: Ears,
): Promise<Judged> {
  return judgedOf(data, fold.test, await answerFold(training, data, fold, ears));
}

function refuseOneOutcome(
  training: Pick<TurnTraining, "bars">,
  data: Dataset,
  { learn, calibrate }: Omit<Fold, "test">,
): void {
  for (const span of [learn, calibrate]) {
    const { y } = labelledRows(data, span);
    const ups = y.reduce((sum, one) => sum + one, 0);
    if (ups === 0 || ups === y.length) throw oneOutcome(training.bars, y.length, ups > 0);
  }
}

/** The old model was judged when it was made, the new one now: on the bars that both were tested on, or nearly so. */
async function judgeAgainst(
  { store, name }: PredictorTraining,
  against: number,
  scores: PredictorScores,
): Promise<Judgement> {
  const none = { against, bars: 0, candidate: null, inUse: null, isAtLeastAsGood: false };
  const { artifact } = await store.read(name, against);
  if (artifact.kind !== "predictor" || artifact.scores === null) return { ...none, kind: "incomparable" };
  const [candidate, inUse] = [-scores.logLoss, -artifact.scores.logLoss];
  return {
    against,
    kind: "tail",
    bars: scores.rows,
    candidate,
    inUse,
    isAtLeastAsGood: candidate >= inUse - 1e-4,
  };
}

function artifactOf(
  training: PredictorTraining,
  data: Dataset,
  { learned, learn, answered, calibrated, raw }: Made,
  scores: PredictorScores,
): PredictorArtifact {
  const { body, scaler, windowRows, importance, settings } = learned;
  const { name, family, bars, set, label, seed, codeVersion } = training;
  const expressions = expressionsOf(set, bars.timeframe);
  const last = labelledRows(data, answered).rows.at(-1)!;
  return {
    format: 1,
    kind: "predictor",
    family,
    name,
    // The store counts.
    version: 0,
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    features: {
      set: set.name,
      version: set.version,
      definition: definitionHash(expressions),
      names: Object.keys(expressions),
    },
    scaler,
    label,
    windowRows,
    body,
    ...calibrated,
    trainedFromMs: data.closeTimeMs[0]!,
    // The bar that told the last outcome that anything was learned from.
    trainedThroughMs: data.closeTimeMs[data.labels.end[last]!]!,
    dataFingerprint: sha256Of(
      (["closeTimeMs", "open", "high", "low", "close", "volume"] as const).map((field) =>
        bytesOf(bars[field].subarray(0, bars.length)),
      ),
    ),
    seed,
    codeVersion,
    settings,
    importance,
    reference: driftReference(data.x, learn, calibrated.calibration, raw),
    scores,
  };
}
