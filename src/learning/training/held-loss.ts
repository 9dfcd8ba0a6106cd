import type { Graph } from "../graph/graph.ts";
import { betaHead } from "../graph/losses.ts";
import { inferenceGraph } from "../graph/train-step.ts";
import type { Network } from "../networks/network.ts";
import { windowsOf } from "./network-step.ts";
import type { NetworkTask } from "./network-task.ts";
import type { TrainingState } from "./training-state.ts";

/** Rows that are looked at after each epoch: as many of the held ones as a look is worth, spread over all. */
const lookedAtMax = 2048;

/** Looks at the held rows, and remembers the parameters if they are among the best. */
export async function lookAtHeld(task: NetworkTask, state: TrainingState): Promise<TrainingState> {
  const { options } = task;
  const learned = state.epochLoss / options.stepsPerEpoch;
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
    epochLoss: 0,
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
    const ends = Int32Array.from(part, (k) => held.rows[k]!);
    data.set(windowsOf(task, ends));
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
