import type { StoredModel } from "../../adapters/stores/models/stored-model.ts";
import { evaluateForecasts } from "../../analysis/predictions/evaluate-forecasts.ts";
import { joinJudged, type Judged } from "../../analysis/predictions/score-predictions.ts";
import { marketStates } from "../../analysis/validation/period-groups.ts";
import type { Bars } from "../../domain/bars.ts";
import type { Calendar } from "../../domain/calendar/calendar.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import type { Dataset } from "../../learning/data/dataset.ts";
import { rowsNeeded, walkDefaults, walkForward } from "../../learning/data/splits.ts";
import type { RunConfig } from "../config/run-config.ts";
import { predictorModel } from "../predictions/predictor-model.ts";
import { tooFewRows } from "../train/predictor-errors.ts";
import { rowsBefore } from "../train/model-bars.ts";
import { answerFold, datasetOf } from "../train/train-predictor.ts";
import { answersAfter, type Answered } from "./answers-after.ts";
import { joinAnswers, judgedOf, type Answers } from "./answers.ts";
import { verdictOf, type EvaluationMethod, type ModelEvaluation } from "./model-evaluation.ts";
import { recipeOf } from "./model-recipe.ts";
import { tradeAnswers } from "./trade-answers.ts";

/** What a model is judged on. */
export type EvaluationRequest = {
  readonly model: StoredModel<PredictorArtifact>;
  /** Bars of the model's symbol and timeframe, those before what is judged too. */
  readonly bars: Bars;
  readonly calendar: Calendar;
  readonly config: RunConfig;
  readonly method: EvaluationMethod;
  /** Close time from which a stored model is judged; its training may ask for a later one. */
  readonly fromMs: number;
  readonly dataKind: "real" | "synthetic";
  readonly warnings: readonly string[];
  readonly command: string;
  readonly threads: number;
  readonly seed: number;
  readonly onProgress: (done: number, total: number) => void;
};

/**
 * Judges a model of direction by everything: what it says of bars that it cannot have seen, and what trading by it costs and
 * brings. Throws `MODEL_FEATURES_CHANGED`, `MODEL_NOTHING_NEW`, `TRAIN_TOO_FEW_ROWS` and `TRAIN_ONE_OUTCOME`.
 */
export async function evaluateModel(request: EvaluationRequest): Promise<ModelEvaluation> {
  const { model, bars, method } = request;
  const { name, version, family, symbol, timeframe, label, trainedThroughMs } = model.artifact;
  const data = dataOf(request);
  const { answers, judged } =
    method.kind === "walk-forward"
      ? await answersWalking(request, data, method.folds)
      : await answersAfter(model.artifact, bars, request.fromMs, data);
  return assess({
    ...request,
    model: { name, version, family, symbol, timeframe, label, trainedThroughMs, sha256: model.sha256 },
    answers,
    judged,
  });
}

/** What a model said, and what became of it. */
export type Assessment = Pick<
  EvaluationRequest,
  "bars" | "config" | "method" | "dataKind" | "warnings" | "command" | "seed" | "onProgress"
> &
  Answered &
  Pick<ModelEvaluation, "model">;

/** Judges what was said: by what came, and by what trading by it costs and brings. */
export function assess(assessment: Assessment): ModelEvaluation {
  const { model, method, bars, config, answers, judged, seed, onProgress, dataKind, warnings, command } =
    assessment;
  const { horizonBars } = model.label;
  const forecasts = evaluateForecasts(judged, statesAt(bars, judged, horizonBars), horizonBars, seed);
  const trading = tradeAnswers(bars, answers, horizonBars, config, seed, (done, total) =>
    onProgress(800 + Math.round((200 * done) / total), 1000),
  );
  onProgress(1000, 1000);
  const { commission, slippage } = config.costs;
  return {
    schema: "model-evaluation@1",
    model,
    method,
    dataKind,
    bars: answers.closeTimeMs.length,
    forecasts,
    trading,
    costs: `commission ${textOf(commission)}, slippage ${textOf(slippage)}, ${config.account.kind} account`,
    ...verdictOf({ forecasts, trading }),
    warnings,
    command,
  };
}

function dataOf({ model, bars, calendar }: EvaluationRequest): Dataset {
  const { features, label } = model.artifact;
  // Other features of the same names would be judged as if they were these.
  void predictorModel(model.artifact);
  return datasetOf({ set: featureSetNamed(features.set), bars, calendar, label });
}

/** Models made like the stored one, each knowing only what lay before what it is asked about. */
async function answersWalking(
  { model: { artifact }, bars, threads, onProgress }: EvaluationRequest,
  data: Dataset,
  folds: number,
): Promise<Answered> {
  const { horizonBars } = artifact.label;
  const gaps = { purge: horizonBars, embargo: horizonBars };
  const needed = rowsNeeded(gaps.purge, gaps.embargo);
  if (data.x.rows < needed) throw tooFewRows(bars, data.x.rows, needed, artifact.features.set);
  const turns = walkForward(data.x.rows, { ...walkDefaults, ...gaps, folds });
  const recipe = await recipeOf(artifact, threads);
  const found: Answers[] = [];
  const judged: Judged[] = [];
  for (const [turn, fold] of turns.entries()) {
    const onShare = (share: number) => onProgress(Math.round((800 * (turn + share)) / turns.length), 1000);
    const answers = await answerFold({ ...recipe, bars }, data, fold, { onShare, log() {} });
    found.push(answers);
    judged.push(judgedOf(data, fold.test, answers));
  }
  return { answers: joinAnswers(found), judged: joinJudged(judged) };
}

/** What the market had been doing over some horizons before each judged row. */
function statesAt(bars: Bars, { closeTimeMs }: Judged, horizonBars: number): readonly string[] {
  const { close, length } = bars;
  const states = marketStates(close.subarray(0, length), Math.max(20, 5 * horizonBars));
  return Array.from(closeTimeMs, (timeMs) => states[rowsBefore(bars, timeMs)] ?? "too early to say");
}

function textOf({ use, ...options }: { readonly use: string } & Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(options).map(([name, value]) => `${name} ${String(value)}`);
  return shown.length === 0 ? use : `${use} (${shown.join(", ")})`;
}
