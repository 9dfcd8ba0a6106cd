import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import type { TensorGraph } from "../../ports/tensor-runtime.ts";
import { scaleRows } from "../data/scaler.ts";
import type { Matrix } from "../trees/feature-bins.ts";
import { logistic, predictTrees } from "../trees/trees.ts";

/** What a model says before recalibration: the parameters of a Beta distribution where it has them, and the mean. */
export type RawPredictions = {
  readonly probability: Float64Array;
  /** `alpha + beta`; NaN of models that give only a probability. */
  readonly concentration: Float64Array;
};

/** What is needed of an artifact to predict. */
export type Predicting = Pick<PredictorArtifact, "body" | "scaler" | "windowRows">;

/**
 * Predictions for rows `from` to before `to`. A row with nothing but missing features has none, nor has one with less than a
 * window of rows before it. `graph` is the opened network of a network.
 */
export async function rawPredictions(
  { body, scaler, windowRows }: Predicting,
  { values, width }: Matrix,
  from: number,
  to: number,
  graph: TensorGraph | null,
): Promise<RawPredictions> {
  const count = to - from;
  const concentration = new Float64Array(count).fill(Number.NaN);
  const probability = new Float64Array(count).fill(Number.NaN);
  switch (body.kind) {
    case "trees":
      probability.set(predictTrees(body, values.subarray(from * width, to * width), count, width));
      break;
    case "linear": {
      const scaled = new Float32Array(count * width);
      scaleRows(scaler, values, from, to, scaled);
      for (let row = 0; row < count; row++) {
        let score = body.intercept;
        for (let k = 0; k < width; k++) score += body.weights[k]! * scaled[row * width + k]!;
        probability[row] = logistic(score);
      }
      break;
    }
    case "network":
      await askNetwork(
        body.batch,
        scaler,
        windowRows,
        values,
        [from, to],
        graph!,
        probability,
        concentration,
      );
  }
  for (let row = 0; row < count; row++) {
    const known = values.subarray((from + row) * width, (from + row + 1) * width);
    if (from + row < windowRows - 1 || known.every(Number.isNaN)) {
      probability[row] = Number.NaN;
      concentration[row] = Number.NaN;
    }
  }
  return { probability, concentration };
}

async function askNetwork(
  batch: number,
  scaler: PredictorArtifact["scaler"],
  windowRows: number,
  values: Float32Array,
  [from, to]: readonly [number, number],
  graph: TensorGraph,
  probability: Float64Array,
  concentration: Float64Array,
): Promise<void> {
  const width = scaler.centres.length;
  const rows = new Float32Array(batch * windowRows * width);
  const room = new Float32Array(windowRows * width);
  const first = Math.max(from, windowRows - 1);
  for (let begin = first; begin < to; begin += batch) {
    const asked = Math.min(batch, to - begin);
    rows.fill(0);
    for (let k = 0; k < asked; k++) {
      scaleRows(scaler, values, begin + k - windowRows + 1, begin + k + 1, room);
      rows.set(room, k * windowRows * width);
    }
    const found = await graph.run({ rows: { shape: [batch, windowRows, width], data: rows } });
    const [alpha, beta] = [found["alpha"]!.data, found["beta"]!.data];
    for (let k = 0; k < asked; k++) {
      const total = alpha[k]! + beta[k]!;
      probability[begin + k - from] = alpha[k]! / total;
      concentration[begin + k - from] = total;
    }
  }
}
