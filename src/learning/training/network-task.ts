import type { Checkpoint } from "../../ports/learning/checkpoint.ts";
import type { TensorRuntime } from "../../ports/tensor-runtime.ts";
import type { Network } from "../networks/network.ts";

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

/** What a step of training was like. */
export type StepReport = {
  /** Counted from 1. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  /** Length of the gradient before it was clipped. */
  readonly gradientNorm: number;
  readonly rate: number;
};

/** What a look at the held rows saw. */
export type LookReport = { readonly step: number; readonly learnedLoss: number; readonly heldLoss: number };

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
  readonly onStep: (report: StepReport) => void;
  /** After a resumption it hears of the looks before it too. */
  readonly onLook: (report: LookReport) => void;
};

/** Defaults of small networks, which learn fast and are stopped early, and whose weights are pulled to 0 hard (decisions/0166). */
export const networkDefaults: NetworkOptions = {
  batch: 64,
  epochs: 10,
  stepsPerEpoch: 80,
  ratePeak: 1e-3,
  weightDecay: 5,
  gradientNormMax: 1,
  patience: 3,
  deltaMin: 1e-4,
  keepBest: 3,
  checkpointSteps: 200,
  threads: 1,
};

/** Defaults of full networks: a hundred epochs at a low rate, and a checkpoint every few minutes. */
export const fullNetworkDefaults: NetworkOptions = {
  ...networkDefaults,
  epochs: 100,
  ratePeak: 1e-4,
  weightDecay: 1e-5,
  patience: 15,
  checkpointSteps: 50,
};
