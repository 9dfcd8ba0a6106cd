import { expect, test } from "vitest";
import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import { Prng } from "../../base/prng.ts";
import type { TensorValue } from "../../ports/tensor-runtime.ts";
import * as elementwise from "./elementwise.ts";
import { Graph, sizeOf, type Shape, type Tensor } from "./graph.ts";
import { betaHead, betaLoss, calibrationLoss, outcomeLoss } from "./losses.ts";
import { lstm } from "./lstm.ts";
import { attend, conv1d, embedding, glu, layerNorm, linear, matmul, softmax } from "./matrices.ts";
import * as shapes from "./shapes.ts";

// Every operation against central differences, along random directions: what autodiff says and what happens must agree.

const { add, divide, dropout, exp, gelu, log, logGamma, meanOfAll } = elementwise;
const { multiply, negate, relu, sigmoid, softplus, sqrt, subtract, tanh } = elementwise;

type Case = {
  readonly name: string;
  readonly inputs: readonly Shape[];
  readonly build: (inputs: readonly Tensor[], graph: Graph) => Tensor;
  /** Inputs lie in this range; standard normal by default. */
  readonly range?: readonly [number, number];
};

const cases: readonly Case[] = [
  { name: "add, repeated", inputs: [[3, 4], [4]], build: ([a, b]) => add(a!, b!) },
  {
    name: "subtract, repeated",
    inputs: [
      [3, 1],
      [3, 4],
    ],
    build: ([a, b]) => subtract(a!, b!),
  },
  {
    name: "multiply, repeated",
    inputs: [
      [2, 3, 4],
      [3, 1],
    ],
    build: ([a, b]) => multiply(a!, b!),
  },
  { name: "divide", inputs: [[3, 4], [4]], range: [0.5, 2], build: ([a, b]) => divide(a!, b!) },
  { name: "a number first", inputs: [[5]], range: [0.5, 2], build: ([a]) => subtract(2, divide(3, a!)) },
  { name: "negate", inputs: [[5]], build: ([a]) => negate(a!) },
  { name: "log", inputs: [[5]], range: [0.5, 3], build: ([a]) => log(a!) },
  { name: "exp", inputs: [[5]], build: ([a]) => exp(a!) },
  { name: "sqrt", inputs: [[5]], range: [0.5, 3], build: ([a]) => sqrt(a!) },
  { name: "relu", inputs: [[6]], range: [0.5, 1], build: ([a]) => relu(subtract(multiply(a!, 3), 2.2)) },
  { name: "sigmoid", inputs: [[6]], build: ([a]) => sigmoid(a!) },
  { name: "tanh", inputs: [[6]], build: ([a]) => tanh(a!) },
  { name: "softplus", inputs: [[6]], build: ([a]) => softplus(a!) },
  { name: "gelu", inputs: [[6]], build: ([a]) => gelu(a!) },
  { name: "logGamma", inputs: [[8]], range: [0.5, 9], build: ([a]) => logGamma(a!) },
  { name: "mean of all", inputs: [[3, 4]], build: ([a]) => meanOfAll(a!) },
  { name: "reshape", inputs: [[3, 4]], build: ([a]) => shapes.reshape(a!, [2, 6]) },
  { name: "transpose", inputs: [[2, 3, 4]], build: ([a]) => shapes.transpose(a!, [2, 0, 1]) },
  { name: "slice", inputs: [[5, 3]], build: ([a]) => shapes.slice(a!, 0, 1, 4) },
  { name: "pad", inputs: [[2, 3]], build: ([a]) => shapes.pad(a!, 1, 2, 1) },
  { name: "reverse", inputs: [[4, 2]], build: ([a]) => shapes.reverse(a!, 0) },
  {
    name: "concatenate",
    inputs: [
      [2, 3],
      [4, 3],
    ],
    build: (parts) => shapes.concatenate(parts, 0),
  },
  {
    name: "split, one piece used twice",
    inputs: [[5, 2]],
    build: ([a]) => {
      const [one, , three] = shapes.split(a!, 0, [1, 3, 1]);
      return add(multiply(one!, three!), three!);
    },
  },
  { name: "sum along", inputs: [[3, 4, 2]], build: ([a]) => shapes.sumAlong(a!, [0, 2]) },
  { name: "mean along", inputs: [[3, 4]], build: ([a]) => shapes.meanAlong(a!, [1]) },
  { name: "expand", inputs: [[3, 1]], build: ([a]) => shapes.expandTo(a!, [2, 3, 4]) },
  { name: "max along", inputs: [[3, 4]], build: ([a]) => shapes.maxAlong(a!, 1) },
  { name: "linear", inputs: [[2, 3, 4], [4, 5], [5]], build: ([x, w, b]) => linear(x!, w!, b!) },
  {
    name: "matmul",
    inputs: [
      [2, 3, 4],
      [2, 4, 2],
    ],
    build: ([a, b]) => matmul(a!, b!),
  },
  { name: "softmax", inputs: [[3, 5]], build: ([a]) => softmax(a!) },
  { name: "layer norm", inputs: [[3, 6], [6], [6]], build: ([a, s, h]) => layerNorm(a!, s!, h!) },
  { name: "glu", inputs: [[3, 6]], build: ([a]) => glu(a!) },
  { name: "conv1d", inputs: [[7, 2, 3], [9, 4], [4]], build: ([x, w, b]) => conv1d(x!, w!, b!, 3) },
  {
    name: "embedding, a row named twice",
    inputs: [[4, 3]],
    build: ([table], graph) => embedding(table!, graph.input("which", [3], "int32")),
  },
  {
    name: "dropout",
    inputs: [[2, 3]],
    build: ([a], graph) => dropout(a!, graph.input("mask", [6], "uint8"), 0.5),
  },
  {
    name: "attention",
    inputs: [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ],
    build: ([q, k, v]) => attend(q!, k!, v!).attended,
  },
  {
    name: "lstm",
    inputs: [[4, 2, 3], [3, 8], [2, 8], [8]],
    build: ([x, input, hidden, bias]) => lstm(x!, { input: input!, hidden: hidden!, bias: bias! }),
  },
  {
    name: "losses of a Beta head",
    inputs: [[4, 2], [4]],
    range: [0.1, 0.9],
    build: ([raw, y]) => {
      const { alpha, beta } = betaHead(raw!);
      return add(
        betaLoss(alpha, beta, y!),
        add(calibrationLoss(alpha, beta, y!), outcomeLoss(alpha, beta, y!)),
      );
    },
  },
];

const runtime = await onnxRuntime("native");
const fixed: Readonly<Record<string, TensorValue>> = {
  which: { shape: [3], data: Int32Array.of(2, 0, 2) },
  mask: { shape: [6], data: Uint8Array.of(1, 0, 1, 1, 0, 1) },
};

test.for(cases)(
  "the gradient of $name is that of central differences",
  async ({ inputs, build, range, name }) => {
    const seed = 7;
    const random = new Prng(seed).fork(name);
    const draw = () =>
      range === undefined ? random.normal() : range[0] + (range[1] - range[0]) * random.next();
    const graph = new Graph();
    const given = inputs.map((shape, k) => graph.input(`x${k}`, shape));
    const result = build(given, graph);
    // A weight for every number of the result, so that none of them can be wrong unseen.
    const weights = Float32Array.from({ length: sizeOf(result.shape) }, () => random.normal());
    const loss = meanOfAll(multiply(result, graph.constant("weights", result.shape, weights)));
    graph.output("loss", loss);
    graph.gradients(loss, given).forEach((gradient, k) => graph.output(`g${k}`, gradient));
    const opened = await runtime.open(graph.bytes(), 1);
    const point = inputs.map((shape) => Float32Array.from({ length: sizeOf(shape) }, draw));
    const run = async (at: readonly Float32Array[]) => {
      const extra = graph.inputNames.flatMap((id) => (id in fixed ? [[id, fixed[id]!] as const] : []));
      const own = at.map((data, k) => [`x${k}`, { data, shape: inputs[k]! }] as const);
      return opened.run(Object.fromEntries([...own, ...extra]));
    };
    const found = await run(point);
    for (let direction = 0; direction < 4; direction++) {
      const way = inputs.map((shape) => Float32Array.from({ length: sizeOf(shape) }, () => random.normal()));
      const moved = (by: number) => point.map((data, k) => data.map((value, i) => value + by * way[k]![i]!));
      const by = 1 / 128;
      const ahead = (await run(moved(by)))["loss"]!.data[0]!;
      const behind = (await run(moved(-by)))["loss"]!.data[0]!;
      const expected = (ahead - behind) / (2 * by);
      let stated = 0;
      let scale = 1e-3;
      for (const [k, part] of way.entries()) {
        const gradient = found[`g${k}`]!.data;
        for (let i = 0; i < part.length; i++) {
          stated += gradient[i]! * part[i]!;
          scale += Math.abs(gradient[i]! * part[i]!);
        }
      }
      expect(Math.abs(stated - expected) / scale, `seed ${seed}: ${stated} and ${expected}`).toBeLessThan(
        2e-3,
      );
    }
    await opened.close();
  },
);
