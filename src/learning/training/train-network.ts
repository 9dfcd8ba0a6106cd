import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import type { Checkpoint } from "../../ports/checkpoint.ts";
import type { TensorGraph, TensorRuntime, TensorValue } from "../../ports/tensor-runtime.ts";
import { add, dropout as dropMasked, multiply } from "../graph/elementwise.ts";
import { sizeOf, type Graph } from "../graph/graph.ts";
import { betaHead, betaLoss, calibrationLoss, outcomeLoss } from "../graph/losses.ts";
import { inferenceGraph, momentCorrections, trainStepGraph } from "../graph/train-step.ts";
import { firstParameters, type Dropout, type Network } from "../networks/network.ts";
import { oneCycleRate } from "./schedule.ts";
import { bytesOfState, stateOfBytes, type TrainingState } from "./training-state.ts";

/** Rows that a network learns from or is held against: their place in the features, and what became of them. */
export type NetworkRows = {
  readonly rows: Int32Array;
  readonly outcome: Float32Array;
  /** Size of the move as a share of all moves, 0 to 1: what the Beta distribution is fitted to. */
  readonly share: Float32Array;
  readonly weights: Float32Array;
};

export type NetworkOptions = {
  readonly batch: number;
  readonly epochs: number;
  /** Batches of one epoch; rows that overlap tell little more than every so many of them. */
  readonly stepsPerEpoch: number;
  readonly ratePeak: number;
  readonly weightDecay: number;
  readonly gradientNormMax: number;
  /** Epochs without a loss on held rows that is better by `deltaMin`, after which training ends. */
  readonly patience: number;
  readonly deltaMin: number;
  readonly keepBest: number;
  /** Steps between two checkpoints. */
  readonly checkpointSteps: number;
  readonly threads: number;
};

/** Defaults: what the requirement says of batches, decay, patience and checkpoints; a higher peak rate because of the cycle. */
export const networkDefaults: NetworkOptions = {
  batch: 64,
  epochs: 20,
  stepsPerEpoch: 80,
  ratePeak: 2e-3,
  weightDecay: 1e-5,
  gradientNormMax: 1,
  patience: 6,
  deltaMin: 1e-4,
  keepBest: 3,
  checkpointSteps: 200,
  threads: 1,
};

/** Parts of the loss: outcomes, the density of the moves, and calibration. */
const lossParts = { outcome: 1, density: 0.25, calibration: 0.1 } as const;

export type NetworkTask = {
  readonly network: Network;
  /** Scaled features, row-major. */
  readonly values: Float32Array;
  readonly width: number;
  readonly learn: NetworkRows;
  readonly held: NetworkRows;
  readonly options: NetworkOptions;
  readonly seed: number;
  readonly runtime: TensorRuntime;
  readonly checkpoint: Checkpoint | null;
  /** What the training is known by: another one does not go on from its checkpoint. */
  readonly key: string;
  readonly onStep: (step: number, steps: number, loss: number) => void;
};

export type TrainedNetwork = {
  readonly parameters: Float32Array;
  readonly losses: TrainingState["losses"];
  readonly gradientNorms: readonly number[];
  readonly steps: number;
  /** Why it ended before its last epoch; null where it did not. */
  readonly stopped: "no better loss" | "the loss exploded" | null;
};

/**
 * Trains a network: AdamW on one cycle of the rate, with clipped gradients, stopped by held rows. Killed at any step and started
 * again it goes on from its checkpoint and ends at the same bits, because chance depends on seed and step alone. A loss that
 * explodes ends it with the best parameters so far. Throws `TRAIN_EXPLODED` where there are none.
 */
export async function trainNetwork(task: NetworkTask): Promise<TrainedNetwork> {
  const { network, options, runtime, checkpoint, key } = task;
  const masks: MaskShape[] = [];
  const graph = trainStepGraph(network.shapes, (g, p) => lossOf(task, g, p, masks), options);
  const session = await runtime.open(graph.bytes(), options.threads);
  const kept = await checkpoint?.read();
  let state = (kept && stateOfBytes(kept, key)) ?? beginning(task);
  const steps = options.epochs * options.stepsPerEpoch;
  const gradientNorms: number[] = [];
  let stopped: TrainedNetwork["stopped"] = null;
  let epochLoss = 0;
  while (state.step < steps && stopped === null) {
    const { next, loss, norm } = await oneStep(task, session, masks, state, steps);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      stopped = "the loss exploded";
      break;
    }
    gradientNorms.push(norm);
    epochLoss += loss;
    state = next;
    task.onStep(state.step, steps, loss);
    if (state.step % options.stepsPerEpoch === 0) {
      state = await look(task, state, epochLoss / options.stepsPerEpoch);
      epochLoss = 0;
      if (state.waited >= options.patience) stopped = "no better loss";
    }
    if (state.step % options.checkpointSteps === 0) await checkpoint?.write(bytesOfState(state, key));
  }
  await session.close();
  await checkpoint?.clear();
  const [best] = state.best;
  if (best === undefined) throw exploded(state.step);
  return { parameters: best.parameters, losses: state.losses, gradientNorms, steps: state.step, stopped };
}

type MaskShape = { readonly name: string; readonly size: number; readonly share: number };

function lossOf(
  { network, width, options: { batch } }: NetworkTask,
  graph: Graph,
  parameters: Parameters<Network["build"]>[1],
  masks: MaskShape[],
): ReturnType<typeof add> {
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

function beginning({ network, seed }: NetworkTask): TrainingState {
  const parameters = firstParameters(network, new Prng(seed).fork("first parameters"));
  const zeros = () => new Float32Array(parameters.length);
  return { step: 0, parameters, first: zeros(), second: zeros(), best: [], waited: 0, losses: [] };
}

async function oneStep(
  task: NetworkTask,
  session: TensorGraph,
  masks: readonly MaskShape[],
  state: TrainingState,
  steps: number,
): Promise<{ readonly next: TrainingState; readonly loss: number; readonly norm: number }> {
  const { network, options, seed, learn, width } = task;
  const { batch } = options;
  const random = new Prng(seed).fork(`step ${state.step}`);
  const chosen = Int32Array.from({ length: batch }, () => random.integer(learn.rows.length));
  const pick = (of: Float32Array) => ({ shape: [batch], data: Float32Array.from(chosen, (k) => of[k]!) });
  const row = (data: Float32Array) => ({ shape: [data.length], data });
  const single = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const { correction1, correction2 } = momentCorrections(state.step + 1);
  const inputs: Record<string, TensorValue> = {
    rows: {
      shape: [batch, network.windowRows, width],
      data: windowsOf(
        task,
        chosen.map((k) => learn.rows[k]!),
      ),
    },
    outcome: pick(learn.outcome),
    share: pick(learn.share),
    weights: pick(learn.weights),
    parameters: row(state.parameters),
    first: row(state.first),
    second: row(state.second),
    rate: single(oneCycleRate(state.step, steps, options.ratePeak)),
    correction1: single(correction1),
    correction2: single(correction2),
  };
  for (const mask of masks) inputs[mask.name] = { shape: [mask.size], data: drawMask(mask, random) };
  const found = await session.run(inputs);
  const numbers = (name: string) => found[name]!.data as Float32Array;
  return {
    next: {
      ...state,
      step: state.step + 1,
      parameters: numbers("parametersNext"),
      first: numbers("firstNext"),
      second: numbers("secondNext"),
    },
    loss: numbers("loss")[0]!,
    norm: numbers("gradientNorm")[0]!,
  };
}

/** The windows that end with these rows, one behind the other. */
function windowsOf({ values, width, network: { windowRows } }: NetworkTask, ends: Int32Array): Float32Array {
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

/** Rows that are looked at after each epoch: as many of the held ones as a look is worth, spread over all. */
const lookedAtMax = 2048;

/** Looks at the held rows, and remembers the parameters if they are among the best. */
async function look(task: NetworkTask, state: TrainingState, learned: number): Promise<TrainingState> {
  const { options } = task;
  const loss = await heldLoss(task, state.parameters);
  const isBetter = loss < (state.best[0]?.loss ?? Infinity) - options.deltaMin;
  const best = [...state.best, { step: state.step, loss, parameters: state.parameters }]
    .filter((one) => Number.isFinite(one.loss))
    .sort((a, b) => a.loss - b.loss)
    .slice(0, options.keepBest);
  return {
    ...state,
    best,
    waited: isBetter ? 0 : state.waited + 1,
    losses: [...state.losses, [learned, loss]],
  };
}

/** Mean log loss of outcomes on the held rows. */
async function heldLoss(task: NetworkTask, parameters: Float32Array): Promise<number> {
  const { network, options, width, held, runtime } = task;
  const { batch } = options;
  const session = await runtime.open(askGraph(network, parameters, width, batch).bytes(), options.threads);
  const stride = Math.max(1, Math.ceil(held.rows.length / lookedAtMax));
  const looked = [...held.rows.keys()].filter((k) => k % stride === 0);
  let [loss, weight] = [0, 0];
  for (let from = 0; from < looked.length; from += batch) {
    const part = looked.slice(from, from + batch);
    const data = new Float32Array(batch * network.windowRows * width);
    data.set(
      windowsOf(
        task,
        Int32Array.from(part, (k) => held.rows[k]!),
      ),
    );
    const found = await session.run({ rows: { shape: [batch, network.windowRows, width], data } });
    for (const [k, row] of part.entries()) {
      const [alpha, beta] = [found["alpha"]!.data[k]!, found["beta"]!.data[k]!];
      const p = held.outcome[row]! > 0.5 ? alpha / (alpha + beta) : beta / (alpha + beta);
      loss -= held.weights[row]! * Math.log(p);
      weight += held.weights[row]!;
    }
  }
  await session.close();
  return loss / weight;
}

/** The network as it is asked: windows of features to the parameters of a Beta distribution, and what it looked at. */
export function askGraph(network: Network, parameters: Float32Array, width: number, batch: number): Graph {
  return inferenceGraph(network.shapes, parameters, (graph, p) => {
    const x = graph.input("rows", [batch, network.windowRows, width]);
    const { raw, seen } = network.build(x, p, (value) => value);
    return { ...betaHead(raw), ...seen };
  });
}

function exploded(step: number): KiwiError {
  return new KiwiError({
    code: "TRAIN_EXPLODED",
    exit: "data",
    message: `the loss stopped being a number at step ${step + 1}, before there was anything to keep`,
    why: "steps were too large for these data, or the features hold numbers that no network can use",
    fix: "look at the features with kiwi features show, or train with a lower rate",
    topic: "models",
  });
}
