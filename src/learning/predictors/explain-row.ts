import type { PredictorArtifact } from "../../domain/predictor-artifact.ts";
import type { TensorGraph, TensorValue } from "../../ports/tensor-runtime.ts";
import { scaleRows } from "../data/scaler.ts";
import type { Matrix } from "../trees/feature-bins.ts";
import { shapOfTrees } from "../trees/shap.ts";

/** One thing that can be said of a prediction: a value for each of several names. */
export type PredictionView = {
  /**
   * `contributions`: what each feature adds to the sum before the link; `selection`: shares by which features were let in;
   * `attention`: shares by which rows of the window were looked at for the newest one; `trend`, `season`: how the line that the
   * network drew from the features goes on, step by step.
   */
  readonly kind: "contributions" | "selection" | "attention" | "trend" | "season";
  /** Of contributions: the sum where no feature is known. */
  readonly base: number | null;
  readonly values: readonly { readonly name: string; readonly value: number }[];
};

/** What is needed of an artifact to explain what it says. */
type Explained = Pick<PredictorArtifact, "body" | "scaler" | "windowRows" | "features">;

/** What a model looked at when it answered for a row of features. `graph` is the opened network of a network. */
export async function explainRow(
  { body, scaler, windowRows, features: { names } }: Explained,
  { values, width }: Matrix,
  row: number,
  graph: TensorGraph | null,
): Promise<readonly PredictionView[]> {
  const named = (numbers: ArrayLike<number>) => names.map((name, k) => ({ name, value: numbers[k]! }));
  switch (body.kind) {
    case "trees": {
      const { base, features } = shapOfTrees(body, values, width, row * width);
      return [{ kind: "contributions", base, values: named(features) }];
    }
    case "linear": {
      const scaled = new Float32Array(width);
      scaleRows(scaler, values, row, row + 1, scaled);
      const added = body.weights.map((weight, k) => weight * scaled[k]!);
      return [{ kind: "contributions", base: body.intercept, values: named(added) }];
    }
    case "network": {
      const data = new Float32Array(body.batch * windowRows * width);
      scaleRows(scaler, values, row - windowRows + 1, row + 1, data);
      const found = await graph!.run({ rows: { shape: [body.batch, windowRows, width], data } });
      return viewsOf(found, named);
    }
  }
}

/** What a network shows beside its answer, of the first window of the batch. */
function viewsOf(
  found: Readonly<Record<string, TensorValue>>,
  named: (numbers: ArrayLike<number>) => PredictionView["values"],
): readonly PredictionView[] {
  const views: PredictionView[] = [];
  const { selection, attention } = found;
  if (selection !== undefined) views.push({ kind: "selection", base: null, values: named(selection.data) });
  if (attention !== undefined) {
    const [, heads, time] = attention.shape as readonly [number, number, number, number];
    // Of each head, how the newest step (the last row) weighs every step; the mean of the heads.
    const weigh = (step: number) => {
      let sum = 0;
      for (let head = 0; head < heads; head++) sum += attention.data[(head * time + time - 1) * time + step]!;
      return sum / heads;
    };
    const name = (step: number) => (step === time - 1 ? "this bar" : `${time - 1 - step} bars before`);
    const values = Array.from({ length: time }, (_, step) => ({ name: name(step), value: weigh(step) }));
    views.push({ kind: "attention", base: null, values });
  }
  for (const kind of ["trend", "season"] as const) {
    const part = found[kind];
    if (part === undefined) continue;
    const values = Array.from({ length: part.shape[1]! }, (_, k) => ({
      name: `step ${k + 1}`,
      value: part.data[k]!,
    }));
    views.push({ kind, base: null, values });
  }
  return views;
}
