import type { Calibration, PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { labelledRows, type Dataset } from "../data/dataset.ts";
import type { Span } from "../data/splits.ts";
import { conformalSets, type ConformalSets } from "../judge/conformal-sets.ts";
import {
  contradiction,
  fitBetaCalibration,
  fitStepCalibration,
  recalibrate,
  type CalibrationRows,
} from "../judge/recalibrate.ts";

/** What recalibration on a window of its own came to. */
export type Calibrated = Pick<PredictorArtifact, "calibration"> & Required<ConformalSets>;

/**
 * Fits a recalibration, and the width of prediction sets, on rows that the model did not learn from. `probability` are its raw
 * answers for the rows of the span, from the first on. Where the rows from `newest` on contradict those before, they alone count
 * (an edge that is gone must not live on in what it was worth once), and for less: what has changed once may change again.
 */
export function calibratePredictor(
  data: Dataset,
  span: Span,
  probability: Float64Array,
  kind: Exclude<Calibration["kind"], "none"> = "beta",
  newest = span.from,
): Calibrated {
  const [older, newer, all] = [
    [span.from, newest],
    [newest, span.to],
    [span.from, span.to],
  ].map(([from, to]) =>
    answeredRows(data, { from: from!, to: to! }, probability.subarray(from! - span.from)),
  ) as [AnsweredRows, AnsweredRows, AnsweredRows];
  const apart = newest > span.from ? contradiction(older, newer, all) : 1;
  // Overdispersion divides weights (McCullagh and Nelder 1989, 4.5).
  const rows = apart > 1 ? { ...newer, weights: newer.weights.map((weight) => weight / apart) } : all;
  const calibration = (kind === "beta" ? fitBetaCalibration : fitStepCalibration)(rows);
  const said = rows.probabilities.map((value) => recalibrate(calibration, value).probability);
  return { calibration, ...conformalSets(said, rows.outcomes) };
}

type AnsweredRows = { readonly [Name in keyof CalibrationRows]: readonly number[] };

/** The rows of a span that have both an answer and an outcome. */
function answeredRows(data: Dataset, span: Span, probability: Float64Array): AnsweredRows {
  const { rows, y, weights } = labelledRows(data, span);
  const known = [...rows.keys()].filter((k) => !Number.isNaN(probability[rows[k]! - span.from]!));
  return {
    probabilities: known.map((k) => probability[rows[k]! - span.from]!),
    outcomes: known.map((k) => y[k]!),
    weights: known.map((k) => weights[k]!),
  };
}
