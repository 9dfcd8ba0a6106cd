import type { NetworkBody, PredictorArtifact } from "../../domain/predictor-artifact.ts";
import type { TensorGraph } from "../../ports/tensor-runtime.ts";
import { scaleRows } from "../data/scaler.ts";
import type { Matrix } from "../trees/feature-bins.ts";

/** One thing that a network shows beside its answer: a value for each of several names. */
export type NetworkView = {
  /**
   * `selection`: shares by which features were let in; `attention`: shares by which rows of the window were looked at for the
   * newest one; `trend`, `season`: how the line that the network drew from the features goes on, step by step.
   */
  readonly kind: "selection" | "attention" | "trend" | "season";
  readonly values: readonly { readonly name: string; readonly value: number }[];
};

type Asked = Pick<PredictorArtifact, "scaler" | "windowRows" | "features"> & { readonly body: NetworkBody };

/** What a network looked at when it answered for a row, which has a whole window before it. `graph` is the opened network. */
export async function networkViews(
  { body, scaler, windowRows, features }: Asked,
  { values, width }: Matrix,
  row: number,
  graph: TensorGraph,
): Promise<readonly NetworkView[]> {
  const data = new Float32Array(body.batch * windowRows * width);
  scaleRows(scaler, values, row - windowRows + 1, row + 1, data);
  const found = await graph.run({ rows: { shape: [body.batch, windowRows, width], data } });
  const { selection, attention, trend, season } = found;
  const views: NetworkView[] = [];
  if (selection !== undefined)
    views.push({
      kind: "selection",
      values: features.names.map((name, k) => ({ name, value: selection.data[k]! })),
    });
  if (attention !== undefined) {
    const [, heads, asking, time] = attention.shape as readonly [number, number, number, number];
    // Of each head, how the newest step (the last row of those that ask) weighs every step; the mean of the heads.
    const weigh = (step: number): number => {
      let sum = 0;
      for (let head = 0; head < heads; head++)
        sum += attention.data[(head * asking + asking - 1) * time + step]!;
      return sum / heads;
    };
    const name = (step: number) => (step === time - 1 ? "this bar" : `${time - 1 - step} bars before`);
    const shares = Array.from({ length: time }, (_, step) => ({ name: name(step), value: weigh(step) }));
    views.push({ kind: "attention", values: shares });
  }
  for (const [kind, part] of [
    ["trend", trend],
    ["season", season],
  ] as const) {
    if (part === undefined) continue;
    const steps = [...part.data.subarray(0, part.shape[1])];
    views.push({ kind, values: steps.map((value, k) => ({ name: `step ${k + 1}`, value })) });
  }
  return views;
}
