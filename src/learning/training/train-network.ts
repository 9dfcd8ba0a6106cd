import { KiwiError } from "../../base/errors.ts";
import { Prng } from "../../base/prng.ts";
import { firstParameters } from "../networks/network.ts";
import { openHeldRows, type HeldRows } from "./held-loss.ts";
import { stepGraph, takeStep } from "./network-step.ts";
import type { NetworkTask } from "./network-task.ts";
import { bytesOfState, stateOfBytes, type TrainingState } from "./training-state.ts";

/** A loss beyond this has exploded: the worst that an honest network of this kind is seen to have is a few units. */
const lossMax = 1e3;

export type TrainedNetwork = Pick<TrainingState, "losses" | "gradientNorms"> & {
  /** The best by their loss on held rows. */
  readonly parameters: Float32Array;
  /** The step after which these were found. */
  readonly bestStep: number;
  readonly steps: number;
  readonly stopped: NonNullable<TrainingState["stopped"]>;
};

/**
 * Trains a network: AdamW on one cycle of the rate, with clipped gradients, stopped by held rows. Killed at any step and started
 * again it goes on from its checkpoint and ends at the same bits, because chance depends on seed and step alone; a training
 * that is over stays in its checkpoint until whoever keeps the result clears it. A loss that explodes ends it with the best
 * parameters so far. Throws `TRAIN_EXPLODED` where there are none, and `TRAIN_TOO_FEW_ROWS` where no batch can be filled.
 */
export async function trainNetwork(task: NetworkTask): Promise<TrainedNetwork> {
  const { options, runtime, checkpoint, key } = task;
  if (task.learn.rows.length < options.batch || task.held.rows.length === 0) throw tooFewRows(task);
  const kept = await checkpoint?.read();
  let state = (kept && stateOfBytes(kept, key)) ?? beginning(task);
  for (const [k, [learnedLoss, heldLoss]] of state.losses.entries())
    task.onLook({ step: (k + 1) * options.stepsPerEpoch, learnedLoss, heldLoss });
  if (state.stopped === null) {
    const { graph, masks } = stepGraph(task);
    const session = await runtime.open(graph.bytes(), options.threads);
    const held = await openHeldRows(task);
    try {
      while (state.stopped === null) {
        state = await advance(task, state, held, (from, steps) =>
          takeStep(task, session, masks, from, steps),
        );
        const isDue = state.step % options.checkpointSteps === 0 || state.stopped !== null;
        if (isDue) await checkpoint?.write(bytesOfState(state, key));
      }
    } finally {
      await session.close();
      await held.close();
    }
  }
  const { step, losses, gradientNorms, stopped, best } = state;
  const [found] = best;
  if (found === undefined) throw exploded(step);
  const { parameters, step: bestStep } = found;
  return { parameters, bestStep, losses, gradientNorms, steps: step, stopped: stopped! };
}

type Take = (from: TrainingState, steps: number) => ReturnType<typeof takeStep>;

/** One step, and the look at the held rows where it ends an epoch. A step that explodes is not kept. */
async function advance(
  task: NetworkTask,
  state: TrainingState,
  held: HeldRows,
  take: Take,
): Promise<TrainingState> {
  const { options } = task;
  const steps = options.epochs * options.stepsPerEpoch;
  const { loss, gradientNorm, rate, ...next } = await take(state, steps);
  if (!(loss <= lossMax) || !Number.isFinite(gradientNorm)) return { ...state, stopped: "the loss exploded" };
  const taken: TrainingState = {
    ...state,
    ...next,
    step: state.step + 1,
    epochLoss: state.epochLoss + loss,
    gradientNorms: [...state.gradientNorms, gradientNorm],
  };
  task.onStep({ step: taken.step, steps, loss, gradientNorm, rate });
  if (taken.step % options.stepsPerEpoch !== 0) return taken;
  const looked = await held.look(taken);
  const [learnedLoss, heldLoss] = looked.losses.at(-1)!;
  task.onLook({ step: looked.step, learnedLoss, heldLoss });
  const isLast = looked.step === steps;
  const stopped = looked.waited >= options.patience ? "no better loss" : isLast ? "at the last epoch" : null;
  return stopped === null ? looked : { ...(await held.blend(looked)), stopped };
}

function beginning({ network, seed }: NetworkTask): TrainingState {
  const parameters = firstParameters(network, new Prng(seed).fork("first parameters"));
  const zeros = () => new Float32Array(parameters.length);
  return {
    step: 0,
    parameters,
    first: zeros(),
    second: zeros(),
    best: [],
    waited: 0,
    losses: [],
    epochLoss: 0,
    gradientNorms: [],
    stopped: null,
  };
}

function exploded(step: number): KiwiError {
  return new KiwiError({
    code: "TRAIN_EXPLODED",
    exit: "data",
    message: `the loss exploded at step ${step + 1}, before there was anything to keep`,
    why: "steps were too large for these data, or the features hold numbers that no network can use",
    fix: "train with a lower rate: --set training.network.ratePeak=0.0005   (or look at the features: kiwi features compute)",
    topic: "models",
  });
}

function tooFewRows({ learn, held, options }: NetworkTask): KiwiError {
  return new KiwiError({
    code: "TRAIN_TOO_FEW_ROWS",
    exit: "data",
    message: `${learn.rows.length} rows to learn from and ${held.rows.length} to stop by do not fill a batch of ${options.batch}`,
    why: "only rows with an outcome and a whole window of rows before them count; a least move leaves many without an outcome",
    fix: `add older bars, lower --move, or take smaller batches: --set training.network.batch=${Math.max(1, learn.rows.length >> 1)}`,
    topic: "models",
  });
}
