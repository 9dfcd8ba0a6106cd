import type { PredictorFamily } from "../../domain/predictor-artifact.ts";
import type { Checkpoint } from "../../ports/learning/checkpoint.ts";
import type { TensorRuntime } from "../../ports/tensor-runtime.ts";
import { sha256Of } from "../../base/hash.ts";
import { labelledRows, type Dataset } from "../data/dataset.ts";
import { fitScaler, scaleRows } from "../data/scaler.ts";
import type { Span } from "../data/splits.ts";
import { parameterCount } from "../graph/train-step.ts";
import { longTermNetwork } from "../networks/long-term.ts";
import { mediumTermNetwork } from "../networks/medium-term.ts";
import type { Network, NetworkSize } from "../networks/network.ts";
import { shortTermNetwork } from "../networks/short-term.ts";
import { askGraph } from "../training/held-loss.ts";
import {
  fullNetworkDefaults,
  networkDefaults,
  type NetworkOptions,
  type NetworkRows,
} from "../training/network-task.ts";
import { trainNetwork } from "../training/train-network.ts";
import { numbersOf, type Learner, type MetricsLog } from "./fit-predictor.ts";

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
  /** The code that trains: what another code began is not gone on with. */
  readonly codeVersion: string;
};

/** Steps whose means are written down together. */
const loggedSteps = 10;

/** The learner of a family of networks. */
export function networkLearner(setting: NetworkSetting): Learner {
  const { family, size, runtime, codeVersion } = setting;
  return async (data, parts, seed, onShare, log) => {
    const { width } = data.x;
    const network = makers[family](width, size);
    const scaler = fitScaler(data.x, parts.learn.from, parts.learn.to);
    const values = new Float32Array(data.x.values.length);
    scaleRows(scaler, data.x.values, 0, data.x.rows, values);
    const options = { ...(size === "full" ? fullNetworkDefaults : networkDefaults), ...setting.options };
    const [learn, held] = [rowsOf(data, parts.learn, network), rowsOf(data, parts.held, network)];
    const said = { family, size, seed, options, codeVersion, runsOn: runtime.description };
    const key = sha256Of([
      JSON.stringify(said),
      ...[values, ...columnsOf(learn), ...columnsOf(held)].map(bytes),
    ]);
    const means = stepMeans(loggedSteps, log);
    const trained = await trainNetwork({
      network,
      values,
      width,
      learn,
      held,
      options,
      seed,
      runtime,
      checkpoint: setting.checkpointOf(key),
      key,
      onStep({ step, steps, loss, gradientNorm, rate }) {
        means(step, { loss, gradientNorm, rate });
        onShare(step / steps);
      },
      onLook: ({ step, learnedLoss, heldLoss }) => log?.(step, { learnedLoss, heldLoss }),
    });
    const file = askGraph(network, trained.parameters, width, askedAtOnce).bytes();
    const parameters = parameterCount(network.shapes);
    const { threads: _, ...asked } = numbersOf(options);
    const norms = trained.gradientNorms.toSorted((a, b) => a - b);
    return {
      body: { kind: "network", batch: askedAtOnce, parameters, onnx: Buffer.from(file).toString("base64") },
      scaler,
      windowRows: network.windowRows,
      importance: null,
      heldLosses: trained.losses.map(([, loss]) => loss),
      settings: {
        // All that it takes to make it again, but for the threads of whoever does.
        ...asked,
        size,
        parameters,
        steps: trained.steps,
        bestStep: trained.bestStep,
        stopped: trained.stopped,
        gradientNormMedian: Number((norms[norms.length >> 1] ?? 0).toPrecision(3)),
        runsOn: runtime.description,
      },
      warnings: trained.stopped === "the loss exploded" ? [explodedText(trained)] : [],
    };
  };
}

function explodedText({ steps, bestStep }: { readonly steps: number; readonly bestStep: number }): string {
  return `the loss exploded at step ${steps + 1}; what is kept is the best before it, of step ${bestStep}. A lower rate may go further: --set training.network.ratePeak=0.0005`;
}

function columnsOf({ rows, outcome, share, weights }: NetworkRows): readonly (Int32Array | Float32Array)[] {
  return [rows, outcome, share, weights];
}

function bytes(column: Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** Writes the means of every so many steps. */
function stepMeans(every: number, log: MetricsLog | undefined): MetricsLog {
  let sums: Record<string, number> = {};
  let count = 0;
  return (step, values) => {
    count += 1;
    for (const [name, value] of Object.entries(values)) sums[name] = (sums[name] ?? 0) + value;
    if (step % every !== 0) return;
    log?.(step, Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / count])));
    sums = {};
    count = 0;
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
