import { readFileSync } from "node:fs";
import { add, relu } from "../src/learning/graph/elementwise.ts";
import type { Graph, Tensor } from "../src/learning/graph/graph.ts";
import { betaHead, betaLoss } from "../src/learning/graph/losses.ts";
import { lstm } from "../src/learning/graph/lstm.ts";
import { conv1d, linear } from "../src/learning/graph/matrices.ts";
import { reshape, slice, transpose } from "../src/learning/graph/shapes.ts";
import type { Parameters, ParameterShapes } from "../src/learning/graph/train-step.ts";
import { attention, attentionShapes } from "../src/learning/networks/attention-block.ts";
import { sharedPath } from "./shared.ts";

// A convolution, an LSTM and an attention with a Beta head, whose weights, gradients and training PyTorch wrote down in float64.

export const [batch, time, features, width, heads] = [64, 60, 32, 64, 4];

export const referenceShapes: ParameterShapes = {
  cw: [3 * features, width],
  cb: [width],
  wx: [width, 4 * width],
  wh: [width, 4 * width],
  lb: [4 * width],
  ...attentionShapes("a", width),
  dw: [width, 2],
  db: [2],
};

const theirNames: Readonly<Record<string, string>> = {
  "a.query.weight": "wq",
  "a.query.bias": "bq",
  "a.key.weight": "wk",
  "a.key.bias": "bk",
  "a.value.weight": "wv",
  "a.value.bias": "bv",
  "a.out.weight": "wo",
  "a.out.bias": "bo",
};

/** Their name of one of our parameters. */
export function theirName(name: string): string {
  return theirNames[name] ?? name;
}

export type TorchReference = {
  readonly numbers: (name: string) => Float32Array;
  readonly loss: number;
  readonly trajectory: readonly number[];
};

/** What PyTorch wrote down. */
export function readReference(): TorchReference {
  const folder = sharedPath("fixtures", "golden", "torch-reference");
  const { meta, loss, traj } = JSON.parse(readFileSync(`${folder}/ref.json`, "utf8")) as {
    readonly meta: readonly (readonly [string, readonly number[], number])[];
    readonly loss: number;
    readonly traj: readonly number[];
  };
  const raw = readFileSync(`${folder}/ref.bin`);
  const all = new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  const numbers = (name: string): Float32Array => {
    const [, shape, at] = meta.find(([known]) => known === name)!;
    return all.slice(at, at + shape.reduce((product, size) => product * size, 1));
  };
  return { numbers, loss, trajectory: traj };
}

/** Their network in our operations: rows [batch, time, features] to two numbers a row. */
export function referenceNetwork(x: Tensor, p: Parameters): Tensor {
  const rows = x.shape[0]!;
  const seen = relu(conv1d(transpose(x, [1, 0, 2]), p["cw"]!, p["cb"]!, 3));
  const states = lstm(seen, { input: p["wx"]!, hidden: p["wh"]!, bias: p["lb"]! });
  const { attended } = attention(states, p, "a", heads);
  const last = reshape(slice(add(states, attended), 0, time - 1, time), [rows, width]);
  return linear(last, p["dw"]!, p["db"]!);
}

/** Their loss. */
export function referenceLoss(graph: Graph, p: Parameters): Tensor {
  const x = graph.input("X", [batch, time, features]);
  const y = graph.input("Y", [batch]);
  const { alpha, beta } = betaHead(referenceNetwork(x, p));
  return betaLoss(alpha, beta, y);
}
