import type { Calibration, DriftReference } from "../../domain/predictor-artifact.ts";
import type { Span } from "../data/splits.ts";
import type { Matrix } from "../trees/feature-bins.ts";
import { populationStability, referenceBins } from "./population-stability.ts";
import { recalibrate } from "./recalibrate.ts";

/** How the features of the learned part are spread, and what the model said where it was recalibrated. */
export function driftReference(
  x: Matrix,
  learn: Span,
  calibration: Calibration,
  raw: Float64Array,
): DriftReference {
  return {
    features: Array.from({ length: x.width }, (_, k) => referenceBins(columnOf(x, learn, k))),
    probability: referenceBins(raw.map((p) => recalibrate(calibration, p).probability)),
  };
}

/** How far each feature of a span has moved from its reference, by feature: population stability indices. */
export function featureStability({ features }: DriftReference, x: Matrix, span: Span): readonly number[] {
  return features.map((bins, k) => populationStability(bins, columnOf(x, span, k)));
}

function columnOf({ values, width }: Matrix, { from, to }: Span, feature: number): Float32Array {
  return Float32Array.from({ length: to - from }, (_, row) => values[(from + row) * width + feature]!);
}
