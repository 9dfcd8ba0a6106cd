import { Prng } from "../src/base/prng.ts";
import type { Dataset } from "../src/learning/data/dataset.ts";
import { walkDefaults, walkForward, type Fold, type Span } from "../src/learning/data/splits.ts";
import { adaptiveReach } from "../src/learning/judge/conformal-sets.ts";
import { recalibrate, type Recalibrated } from "../src/learning/judge/recalibrate.ts";
import type { Learner } from "../src/learning/predictors/fit-predictor.ts";
import { makePredictor, type Recipe } from "../src/learning/predictors/make-predictor.ts";
import { rawPredictions } from "../src/learning/predictors/raw-predictions.ts";
import type { TensorRuntime } from "../src/ports/tensor-runtime.ts";

// Markets whose every chance is known.

/** Features of a planted market. */
export const plantedWidth = 6;

export type Planted = { readonly data: Dataset; readonly chance: Float64Array };

/**
 * Rows of noise in which the first three features move the chance of a rise by `edge` logits; 0 plants nothing. With `rowsBack` it is
 * the mean of the features over so many rows that does, as strongly: most of it lies in rows before the newest one.
 */
export function plant(rows: number, seed: number, edge: number, rowsBack = 1): Planted {
  const random = new Prng(seed);
  const values = Float32Array.from({ length: rows * plantedWidth }, () => random.normal());
  const over = (row: number, feature: number): number => {
    let sum = 0;
    for (let back = 0; back < Math.min(rowsBack, row + 1); back++)
      sum += values[(row - back) * plantedWidth + feature]!;
    return sum / Math.sqrt(rowsBack);
  };
  const chance = Float64Array.from({ length: rows }, (_, row) => {
    const [a, b, c] = [over(row, 0), over(row, 1), over(row, 2)];
    return 1 / (1 + Math.exp(-edge * (a - 0.8 * b + 0.6 * c)));
  });
  const outcome = Float32Array.from(chance, (p) => (random.next() < p ? 1 : 0));
  const end = Int32Array.from({ length: rows }, (_, row) => Math.min(rows - 1, row + 1));
  const data: Dataset = {
    x: { values, rows, width: plantedWidth },
    labels: {
      outcome,
      end,
      size: outcome.map((up) => (up - 0.5) * 1.3),
      logReturn: Float64Array.from(outcome, (up) => (up - 0.5) * 0.01),
    },
    weights: new Float32Array(rows).fill(1),
    closeTimeMs: Float64Array.from({ length: rows }, (_, row) => row * 3_600_000),
    persistence: Uint8Array.from(outcome.map((_, row) => outcome[Math.max(0, row - 1)]!)),
  };
  return { data, chance };
}

export type Found = {
  readonly fold: Fold;
  readonly answers: readonly Recalibrated[];
  /** The rows that recalibrated it, and the answers for them. */
  readonly answered: Span;
  readonly calibrated: readonly Recalibrated[];
  /** Of the prediction sets, at each row that is judged. */
  readonly reach: Float64Array;
};

/** Makes a model of the older two thirds, and answers for the newest third. */
export async function learnFrom(
  data: Dataset,
  learner: Learner,
  seed: number,
  recalibratedBy: Recipe["recalibratedBy"] = "walk",
  runtime?: TensorRuntime,
): Promise<Found> {
  const [fold] = walkForward(data.x.rows, { ...walkDefaults, folds: 1, purge: 1, embargo: 1 });
  const { test: judged } = fold!;
  const recipe = { learner, seed, calibration: "beta", recalibratedBy } as const;
  const made = await makePredictor(
    recipe,
    data,
    fold!,
    async ({ body }) => (body.kind === "network" ? runtime!.open(Buffer.from(body.onnx, "base64"), 1) : null),
    { onShare() {}, log() {} },
  );
  const { learned, calibrated, answered, graph } = made;
  const raw = await rawPredictions(learned, data.x, judged.from, judged.to, graph);
  await graph?.close();
  const believed = (said: Float64Array) => Array.from(said, (p) => recalibrate(calibrated.calibration, p));
  const answers = believed(raw.probability);
  return {
    fold: fold!,
    answers,
    answered,
    calibrated: believed(made.raw),
    reach: adaptiveReach(
      calibrated,
      answers.map(({ probability }) => probability),
      data.labels,
      judged,
    ),
  };
}
