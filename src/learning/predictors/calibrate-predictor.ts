import type { Calibration, PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { labelledRows, type Dataset } from "../data/dataset.ts";
import type { Span } from "../data/splits.ts";
import { fitBetaCalibration, fitStepCalibration, recalibrate } from "../judge/recalibrate.ts";

/** How many rows out of ten a prediction set should hold the outcome of. */
const coverage = 0.9;

/** What recalibration on a window of its own came to. */
export type Calibrated = Pick<PredictorArtifact, "calibration" | "conformal">;

/**
 * Fits a recalibration, and the width of prediction sets, on rows that the model did not learn from. `probability` are its raw
 * answers for the rows of the span, from the first on.
 */
export function calibratePredictor(
  data: Dataset,
  span: Span,
  probability: Float64Array,
  kind: Exclude<Calibration["kind"], "none"> = "beta",
): Calibrated {
  const { rows, y, weights } = labelledRows(data, span);
  const known = [...rows.keys()].filter((k) => !Number.isNaN(probability[rows[k]! - span.from]!));
  const raw = known.map((k) => probability[rows[k]! - span.from]!);
  const [outcomes, counts] = [known.map((k) => y[k]!), known.map((k) => weights[k]!)];
  const fit = kind === "beta" ? fitBetaCalibration : fitStepCalibration;
  const calibration = fit(raw, outcomes, counts);
  const said = raw.map((value) => recalibrate(calibration, value).probability);
  return { calibration, conformal: conformalReach(said, outcomes) };
}

/**
 * Split conformal prediction (Vovk, Gammerman and Shafer 2005): an outcome belongs to the set of a row when one less its
 * probability is at most this. So that nine of ten outcomes do, it is that rank of the calibration's own, one counted extra.
 */
export function conformalReach(probability: readonly number[], outcomes: readonly number[]): number {
  const misses = probability.map((p, k) => (outcomes[k]! > 0.5 ? 1 - p : p)).sort((a, b) => a - b);
  const rank = Math.ceil((misses.length + 1) * coverage) - 1;
  return misses[rank] ?? 1;
}
