import { Prng } from "../../base/prng.ts";
import type { TensorGraph, TensorValue } from "../../ports/tensor-runtime.ts";
import { add, dropout as dropMasked, multiply } from "../graph/elementwise.ts";
import { sizeOf, type Graph, type Tensor } from "../graph/graph.ts";
import { betaHead, betaLoss, calibrationLoss, outcomeLoss } from "../graph/losses.ts";
import { momentCorrections, trainStepGraph, type Parameters } from "../graph/train-step.ts";
import type { Dropout } from "../networks/network.ts";
import type { NetworkTask } from "./network-task.ts";
import { oneCycleRate } from "./schedule.ts";
import type { TrainingState } from "./training-state.ts";

/** Parts of the loss: outcomes, the density of the moves, and calibration. */
const lossParts = { outcome: 1, density: 0.25, calibration: 0.1 } as const;

/** A mask that is drawn anew for every step: its input in the graph, and the share that is dropped. */
type MaskShape = { readonly name: string; readonly size: number; readonly share: number };

/** One step of a training as a graph, and the masks that each run of it wants. */
export function stepGraph(task: NetworkTask): {
  readonly graph: Graph;
  readonly masks: readonly MaskShape[];
} {
  const masks: MaskShape[] = [];
  const graph = trainStepGraph(task.network.shapes, (g, p) => lossOf(task, g, p, masks), task.options);
  return { graph, masks };
}

function lossOf(
  { network, width, options: { batch } }: NetworkTask,
  graph: Graph,
  parameters: Parameters,
  masks: MaskShape[],
): Tensor {
  const x = graph.input("rows", [batch, network.windowRows, width]);
  const [outcome, share, weights] = ["outcome", "share", "weights"].map((name) => graph.input(name, [batch]));
  const forget: Dropout = (value, dropped) => {
    const size = sizeOf(value.shape);
    const name = `mask${masks.length}`;
    masks.push({ name, size, share: dropped });
    // Bytes below a limit are dropped: the share is a whole number of 256ths.
    const limit = Math.round(dropped * 256);
    return dropMasked(value, graph.input(name, [size], "uint8"), 1 - limit / 256);
  };
  const { alpha, beta } = betaHead(network.build(x, parameters, forget).raw);
  return add(
    multiply(outcomeLoss(alpha, beta, outcome!, weights), lossParts.outcome),
    add(
      multiply(betaLoss(alpha, beta, share!, weights), lossParts.density),
      multiply(calibrationLoss(alpha, beta, outcome!, weights), lossParts.calibration),
    ),
  );
}

/** Takes one step. What it draws depends on the seed and the number of the step alone. */
export async function takeStep(
  task: NetworkTask,
  session: TensorGraph,
  masks: readonly MaskShape[],
  state: TrainingState,
  steps: number,
): Promise<Pick<TrainingState, "parameters" | "first" | "second"> & StepFound> {
  const { network, options, seed, learn, width } = task;
  const { batch } = options;
  const random = new Prng(seed).fork(`step ${state.step}`);
  const chosen = Int32Array.from({ length: batch }, () => random.integer(learn.rows.length));
  const pick = (of: Float32Array) => ({ shape: [batch], data: Float32Array.from(chosen, (k) => of[k]!) });
  const row = (data: Float32Array) => ({ shape: [data.length], data });
  const single = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const { correction1, correction2 } = momentCorrections(state.step + 1);
  const rate = oneCycleRate(state.step, steps, options.ratePeak);
  const ends = chosen.map((k) => learn.rows[k]!);
  const inputs: Record<string, TensorValue> = {
    rows: { shape: [batch, network.windowRows, width], data: windowsOf(task, ends) },
    outcome: pick(learn.outcome),
    share: pick(learn.share),
    weights: pick(learn.weights),
    parameters: row(state.parameters),
    first: row(state.first),
    second: row(state.second),
    rate: single(rate),
    correction1: single(correction1),
    correction2: single(correction2),
  };
  for (const mask of masks) inputs[mask.name] = { shape: [mask.size], data: drawMask(mask, random) };
  const found = await session.run(inputs);
  const numbers = (name: string) => found[name]!.data as Float32Array;
  return {
    parameters: numbers("parametersNext"),
    first: numbers("firstNext"),
    second: numbers("secondNext"),
    loss: numbers("loss")[0]!,
    gradientNorm: numbers("gradientNorm")[0]!,
    rate,
  };
}

type StepFound = { readonly loss: number; readonly gradientNorm: number; readonly rate: number };

/** The windows that end with these rows, one behind the other. */
export function windowsOf(
  { values, width, network: { windowRows } }: NetworkTask,
  ends: Int32Array,
): Float32Array {
  const size = windowRows * width;
  const windows = new Float32Array(ends.length * size);
  for (const [k, end] of ends.entries())
    windows.set(values.subarray((end + 1 - windowRows) * width, (end + 1) * width), k * size);
  return windows;
}

/** Four bytes of each draw: a mask of a large network has millions of places. */
function drawMask({ size, share }: MaskShape, random: Prng): Uint8Array {
  const mask = new Uint8Array(size);
  const limit = Math.round(share * 256);
  for (let k = 0; k < size; k += 4) {
    const bits = random.uint32();
    for (let byte = 0; byte < 4 && k + byte < size; byte++)
      mask[k + byte] = ((bits >>> (8 * byte)) & 255) < limit ? 0 : 1;
  }
  return mask;
}
