import type { TensorGraph } from "../../ports/tensor-runtime.ts";
import { Graph } from "../graph/graph.ts";
import { betaHead } from "../graph/losses.ts";
import { inferenceGraph, parameterCount, parametersOf } from "../graph/train-step.ts";
import type { Network } from "../networks/network.ts";
import { windowsOf } from "./network-step.ts";
import type { NetworkTask } from "./network-task.ts";
import type { TrainingState } from "./training-state.ts";

/** Rows that are looked at after each epoch: as many of the held ones as a look is worth, spread over all. */
const lookedAtMax = 2048;

/** Looks at the held rows. */
export type HeldRows = {
  /** Looks, and remembers the parameters if they are among the best. */
  readonly look: (state: TrainingState) => Promise<TrainingState>;
  /** Puts the mean of the best parameters among them, if it is as good as the best: it hangs less on the luck of one look. */
  readonly blend: (state: TrainingState) => Promise<TrainingState>;
  readonly close: () => Promise<void>;
};

/** Opens the network for looks at the held rows of a training: once, with its parameters handed in, because opening takes long. */
export async function openHeldRows(task: NetworkTask): Promise<HeldRows> {
  const { network, options, width, runtime } = task;
  const graph = new Graph();
  const parameters = parametersOf(
    graph.input("parameters", [parameterCount(network.shapes)]),
    network.shapes,
  );
  const x = graph.input("rows", [options.batch, network.windowRows, width]);
  const answer = betaHead(network.build(x, parameters, (value) => value).raw);
  for (const [name, value] of Object.entries(answer)) graph.output(name, value);
  const session = await runtime.open(graph.bytes(), options.threads);
  const lossOf = (row: Float32Array) => heldLoss(task, row, session);
  return {
    look: async (state) => remember(task, state, await lossOf(state.parameters)),
    async blend(state) {
      const { best } = state;
      if (best.length < 2) return state;
      const parameters = meanOf(best.map((one) => one.parameters));
      const [loss, step] = [await lossOf(parameters), Math.max(...best.map((one) => one.step))];
      const isBest = loss <= best[0]!.loss;
      return isBest ? { ...state, best: [{ step, loss, parameters }, ...best].slice(0, best.length) } : state;
    },
    close: () => session.close(),
  };
}

/** Parameters in the middle of several of one training (stochastic weight averaging, Izmailov et al. 2018). */
function meanOf(rows: readonly Float32Array[]): Float32Array {
  return rows[0]!.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0) / rows.length);
}

function remember({ options }: NetworkTask, state: TrainingState, loss: number): TrainingState {
  const learned = state.epochLoss / options.stepsPerEpoch;
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
    epochLoss: 0,
  };
}

/** Mean log loss of outcomes on the held rows. */
async function heldLoss(task: NetworkTask, row: Float32Array, session: TensorGraph): Promise<number> {
  const { network, options, width, held } = task;
  const { batch } = options;
  const parameters = { shape: [row.length], data: row };
  const stride = Math.max(1, Math.ceil(held.rows.length / lookedAtMax));
  const looked = [...held.rows.keys()].filter((k) => k % stride === 0);
  let [loss, weight] = [0, 0];
  for (let from = 0; from < looked.length; from += batch) {
    const part = looked.slice(from, from + batch);
    const data = new Float32Array(batch * network.windowRows * width);
    const ends = Int32Array.from(part, (k) => held.rows[k]!);
    data.set(windowsOf(task, ends));
    const found = await session.run({
      parameters,
      rows: { shape: [batch, network.windowRows, width], data },
    });
    for (const [k, one] of part.entries()) {
      const [alpha, beta] = [found["alpha"]!.data[k]!, found["beta"]!.data[k]!];
      const p = held.outcome[one]! > 0.5 ? alpha / (alpha + beta) : beta / (alpha + beta);
      loss -= held.weights[one]! * Math.log(p);
      weight += held.weights[one]!;
    }
  }
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
