import type { PredictorFamily } from "../../domain/predictor-artifact.ts";
import type { Checkpoint } from "../../ports/checkpoint.ts";
import type { TensorRuntime } from "../../ports/tensor-runtime.ts";
import { labelledRows, type Dataset } from "../data/dataset.ts";
import { fitScaler, scaleRows } from "../data/scaler.ts";
import type { Span } from "../data/splits.ts";
import { parameterCount } from "../graph/train-step.ts";
import { longTermNetwork } from "../networks/long-term.ts";
import { mediumTermNetwork } from "../networks/medium-term.ts";
import type { Network, NetworkSize } from "../networks/network.ts";
import { shortTermNetwork } from "../networks/short-term.ts";
import {
  askGraph,
  networkDefaults,
  trainNetwork,
  type NetworkOptions,
  type NetworkRows,
} from "../training/train-network.ts";
import type { Learner } from "./fit-predictor.ts";

/** Families that are networks. */
export type NetworkFamily = Extract<PredictorFamily, "short-term" | "medium-term" | "long-term">;

const makers: Readonly<Record<NetworkFamily, (features: number, size: NetworkSize) => Network>> = {
  "short-term": shortTermNetwork,
  "medium-term": mediumTermNetwork,
  "long-term": longTermNetwork,
};

/** Rows that a stored network answers at once. */
const askedAtOnce = 32;
/** Moves are kept off the ends of 0 to 1, where a density has none. */
const shareEdge = 0.02;

export type NetworkSetting = {
  readonly family: NetworkFamily;
  readonly size: NetworkSize;
  readonly runtime: TensorRuntime;
  readonly options?: Partial<NetworkOptions>;
  /** A place of its own for each training. */
  readonly checkpointOf: (key: string) => Checkpoint | null;
  /** Hears the loss of every step. */
  readonly onLoss?: (step: number, loss: number) => void;
};

/** The learner of a family of networks. */
export function networkLearner(setting: NetworkSetting): Learner {
  const { family, size, runtime } = setting;
  return async (data, parts, seed, onShare) => {
    const { width } = data.x;
    const network = makers[family](width, size);
    const scaler = fitScaler(data.x, parts.learn.from, parts.learn.to);
    const values = new Float32Array(data.x.values.length);
    scaleRows(scaler, data.x.values, 0, data.x.rows, values);
    const options = { ...networkDefaults, ...setting.options };
    const key = `${family} ${size} ${seed} ${data.closeTimeMs[0]} ${parts.learn.to} ${parts.held.to} ${JSON.stringify(options)}`;
    const trained = await trainNetwork({
      network,
      values,
      width,
      learn: rowsOf(data, parts.learn, network),
      held: rowsOf(data, parts.held, network),
      options,
      seed,
      runtime,
      checkpoint: setting.checkpointOf(key),
      key,
      onStep: (step, steps, loss) => {
        setting.onLoss?.(step, loss);
        onShare(step / steps);
      },
    });
    const bytes = askGraph(network, trained.parameters, width, askedAtOnce).bytes();
    const parameters = parameterCount(network.shapes);
    const norms = trained.gradientNorms.toSorted((a, b) => a - b);
    return {
      body: { kind: "network", batch: askedAtOnce, parameters, onnx: Buffer.from(bytes).toString("base64") },
      scaler,
      windowRows: network.windowRows,
      importance: null,
      settings: {
        size,
        parameters,
        steps: trained.steps,
        stopped: trained.stopped ?? "at the last epoch",
        batch: options.batch,
        ratePeak: options.ratePeak,
        gradientNormMedian: Number((norms[norms.length >> 1] ?? 0).toPrecision(3)),
        runsOn: runtime.description,
      },
    };
  };
}

/** Rows with an outcome and a whole window before them. */
function rowsOf(data: Dataset, span: Span, { windowRows }: Network): NetworkRows {
  const { rows, y, weights } = labelledRows(data, { from: Math.max(span.from, windowRows - 1), to: span.to });
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return {
    rows,
    outcome: y,
    weights: weights.map((weight) => (mean > 0 ? weight / mean : 1)),
    share: Float32Array.from(rows, (row) => shareOf(data.labels.size[row]!)),
  };
}

/** The share of moves below one: the standard normal distribution by the logistic curve nearest to it. */
function shareOf(size: number): number {
  const share = 1 / (1 + Math.exp(-1.702 * size));
  return Number.isNaN(share) ? 0.5 : Math.min(1 - shareEdge, Math.max(shareEdge, share));
}
