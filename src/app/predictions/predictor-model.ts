import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import { KiwiError } from "../../base/errors.ts";
import { canonicalJson, sha256 } from "../../base/hash.ts";
import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import { featureSetNamed } from "../../features/feature-sets.ts";
import { recalibrate } from "../../learning/judge/recalibrate.ts";
import { rawPredictions } from "../../learning/predictors/raw-predictions.ts";
import type { Model, ModelRows } from "../../ports/model.ts";
import type { TensorGraph } from "../../ports/tensor-runtime.ts";
import { definitionHash, expressionsOf } from "../features/set-expressions.ts";

const outputs = ["probability", "low", "high", "alpha", "beta"] as const;

/** A trained model of direction, ready to be asked. Throws `MODEL_FEATURES_CHANGED`. */
export function predictorModel(artifact: PredictorArtifact): Model {
  const { name, family, symbol, timeframe, trainedThroughMs, label, features, scores } = artifact;
  const set = featureSetNamed(features.set);
  const wanted = expressionsOf(set, timeframe);
  if (definitionHash(wanted) !== features.definition || Object.keys(wanted).join() !== features.names.join())
    throw featuresChanged(artifact);
  let graph: TensorGraph | null = null;
  return {
    kind: family,
    name,
    fingerprint: sha256(canonicalJson({ ...artifact, version: 0 })),
    trainedThroughMs,
    horizonBars: label.horizonBars,
    ...(scores === null
      ? {}
      : { judgement: { gain: Math.LN2 - scores.logLoss, outcomes: scores.rows / label.horizonBars } }),
    symbol,
    timeframe,
    outputs,
    features: () => wanted,
    async predict(rows) {
      graph ??= await openNetwork(artifact);
      return answer(artifact, rows, graph);
    },
    async close() {
      await graph?.close();
      graph = null;
    },
  };
}

/** The network of an artifact; null where it has none. Throws `RUNTIME_MISSING`. */
export async function openNetwork({ body }: Pick<PredictorArtifact, "body">): Promise<TensorGraph | null> {
  if (body.kind !== "network") return null;
  const runtime = await onnxRuntime();
  return runtime.open(Buffer.from(body.onnx, "base64"), 1);
}

async function answer(
  artifact: PredictorArtifact,
  { columns, from, to }: ModelRows,
  graph: TensorGraph | null,
): Promise<readonly Float64Array[]> {
  const width = columns.length;
  const first = Math.max(0, from - artifact.windowRows + 1);
  const values = new Float32Array((to - first) * width);
  for (const [feature, column] of columns.entries())
    for (let row = first; row < to; row++) {
      const value = column[row]!;
      values[(row - first) * width + feature] = Number.isFinite(value) ? value : Number.NaN;
    }
  const matrix = { values, rows: to - first, width };
  const raw = await rawPredictions(artifact, matrix, from - first, to - first, graph);
  const answers = outputs.map(() => new Float64Array(to - from));
  for (let row = 0; row < to - from; row++) {
    const { probability, low, high } = recalibrate(artifact.calibration, raw.probability[row]!);
    const total = raw.concentration[row]!;
    const sure = Number.isNaN(total) ? concentrationOf(probability, (high - low) / 2) : total;
    const found = [probability, low, high, probability * sure, (1 - probability) * sure];
    for (const [k, value] of found.entries()) answers[k]![row] = value;
  }
  return answers;
}

/** The Beta distribution with this mean that reaches so far: its variance is p (1 - p) / (concentration + 1). */
function concentrationOf(probability: number, reach: number): number {
  const deviation = Math.max(1e-4, reach / 1.645);
  return Math.max(2, (probability * (1 - probability)) / deviation ** 2 - 1);
}

function featuresChanged({ name, version, features, family, symbol }: PredictorArtifact): KiwiError {
  return new KiwiError({
    code: "MODEL_FEATURES_CHANGED",
    exit: "data",
    message: `${name} version ${version} was trained on other features than "${features.set}" has now`,
    why: "a feature was added, left out, moved or means something else: the model would read numbers that it does not know",
    fix: `train it again: kiwi train ${family} -p ${symbol} --data FILE`,
    topic: "models",
  });
}
