import type { Judged } from "../../analysis/predictions/score-predictions.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { labelledRows, type Dataset } from "../../learning/data/dataset.ts";
import type { Span } from "../../learning/data/splits.ts";
import { adaptiveReach, type ConformalSets } from "../../learning/judge/conformal-sets.ts";
import { recalibrate } from "../../learning/judge/recalibrate.ts";
import { rawPredictions, type Predicting } from "../../learning/predictors/raw-predictions.ts";
import type { TensorGraph } from "../../ports/tensor-runtime.ts";

/** What a model says of some rows in time order, recalibrated; NaN where it says nothing. */
export type Answers = {
  readonly closeTimeMs: Float64Array;
  readonly probability: Float64Array;
  /** The range in which the probability is believed to lie. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Reach of the prediction sets that was in force at each row. */
  readonly conformal: Float64Array;
};

/** Asks a model about the rows of a span. `graph` is the opened network of a network. */
export async function answersFor(
  model: Predicting & Pick<PredictorArtifact, "calibration"> & ConformalSets,
  data: Dataset,
  span: Span,
  graph: TensorGraph | null,
): Promise<Answers> {
  const { from, to } = span;
  const raw = await rawPredictions(model, data.x, from, to, graph);
  const said = Array.from(raw.probability, (p) => recalibrate(model.calibration, p));
  const probability = Float64Array.from(said, (one) => one.probability);
  return {
    closeTimeMs: data.closeTimeMs.slice(from, to),
    probability,
    low: Float64Array.from(said, ({ low }) => low),
    high: Float64Array.from(said, ({ high }) => high),
    conformal: adaptiveReach(model, probability, data.labels, span),
  };
}

/** The answers for rows of a span beside what became of them; rows without an outcome or an answer are left out. */
export function judgedOf(data: Dataset, span: Span, answers: Answers): Judged {
  const { from } = span;
  const known = labelledRows(data, span).rows.filter(
    (row) => !Number.isNaN(answers.probability[row - from]!),
  );
  return {
    closeTimeMs: Float64Array.from(known, (row) => data.closeTimeMs[row]!),
    probability: Float64Array.from(known, (row) => answers.probability[row - from]!),
    outcome: Float32Array.from(known, (row) => data.labels.outcome[row]!),
    weights: Float32Array.from(known, (row) => data.weights[row]!),
    persistence: Uint8Array.from(known, (row) => data.persistence[row]!),
    conformal: Float64Array.from(known, (row) => answers.conformal[row - from]!),
  };
}

/** Answers of spans that follow one another, as one. */
export function joinAnswers(parts: readonly Answers[]): Answers {
  const all = (name: keyof Answers) => Float64Array.from(parts.flatMap((part) => [...part[name]]));
  return {
    closeTimeMs: all("closeTimeMs"),
    probability: all("probability"),
    low: all("low"),
    high: all("high"),
    conformal: all("conformal"),
  };
}
