import { expect, test } from "vitest";
import {
  batch,
  features,
  readReference,
  referenceLoss,
  referenceNetwork,
  referenceShapes,
  theirName,
  time,
} from "../../../test/reference-network.ts";
import { hasShared } from "../../../test/shared.ts";
import { onnxRuntime } from "../../adapters/runtime/onnx-runtime.ts";
import { Graph, sizeOf } from "./graph.ts";
import { inferenceGraph, momentCorrections, parameterCount, trainStepGraph } from "./train-step.ts";

const names = Object.keys(referenceShapes);
const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });

/** Our parameters in one row, as PyTorch wrote them down; with "g_", their gradients. */
function rowOf(numbers: (name: string) => Float32Array, prefix = ""): Float32Array {
  const row = new Float32Array(parameterCount(referenceShapes));
  let at = 0;
  for (const name of names) {
    row.set(numbers(`${prefix}${theirName(name)}`), at);
    at += sizeOf(referenceShapes[name]!);
  }
  return row;
}

test.skipIf(!hasShared)("loss and gradients are those of PyTorch in double precision", async () => {
  const { numbers, loss } = readReference();
  const runtime = await onnxRuntime("native");
  const graph = new Graph();
  const parameters = Object.fromEntries(
    names.map((name) => [name, graph.input(name, referenceShapes[name]!)]),
  );
  const value = referenceLoss(graph, parameters);
  graph.output("loss", value);
  const gradients = graph.gradients(value, Object.values(parameters));
  gradients.forEach((gradient, k) => graph.output(`g_${names[k]}`, gradient));
  const opened = await runtime.open(graph.bytes(), 1);
  const found = await opened.run({
    X: { shape: [batch, time, features], data: numbers("X") },
    Y: { shape: [batch], data: numbers("Y") },
    ...Object.fromEntries(
      names.map((name) => [name, { shape: referenceShapes[name]!, data: numbers(theirName(name)) }]),
    ),
  });
  expect(found["loss"]!.data[0]).toBeCloseTo(loss, 6);
  let [miss, length] = [0, 0];
  for (const name of names) {
    const theirs = numbers(`g_${theirName(name)}`);
    found[`g_${name}`]!.data.forEach((value, i) => (miss += (value - theirs[i]!) ** 2));
    theirs.forEach((value) => (length += value ** 2));
  }
  // Of all gradients as one vector; the aim of the project is 1e-5.
  expect(Math.sqrt(miss / length)).toBeLessThan(1e-5);
  await opened.close();
});

test.skipIf(!hasShared)("twenty steps of Adam go the way that PyTorch goes, to 1e-6", async () => {
  const { numbers, trajectory } = readReference();
  const runtime = await onnxRuntime("native");
  // Their Adam neither decays weights nor clips gradients.
  const graph = trainStepGraph(referenceShapes, referenceLoss, { weightDecay: 0, gradientNormMax: 1e9 });
  const opened = await runtime.open(graph.bytes(), 1);
  const shape = [parameterCount(referenceShapes)];
  let parameters = rowOf(numbers);
  let first: Float32Array = new Float32Array(parameters.length);
  let second: Float32Array = new Float32Array(parameters.length);
  const losses: number[] = [];
  for (let step = 1; step <= trajectory.length; step++) {
    const { correction1, correction2 } = momentCorrections(step);
    const found = await opened.run({
      X: { shape: [batch, time, features], data: numbers("X") },
      Y: { shape: [batch], data: numbers("Y") },
      parameters: { shape, data: parameters },
      first: { shape, data: first },
      second: { shape, data: second },
      rate: scalar(1e-3),
      correction1: scalar(correction1),
      correction2: scalar(correction2),
    });
    [parameters, first, second] = ["parametersNext", "firstNext", "secondNext"].map(
      (name) => found[name]!.data as Float32Array,
    ) as [Float32Array, Float32Array, Float32Array];
    losses.push(found["loss"]!.data[0]!);
  }
  losses.forEach((loss, k) => expect(Math.abs(loss - trajectory[k]!)).toBeLessThan(1e-6));
  await opened.close();
});

test.skipIf(!hasShared)(
  "the file of a network answers alike in the native runtime and in WebAssembly",
  async () => {
    const { numbers } = readReference();
    const graph = inferenceGraph(referenceShapes, rowOf(numbers), (inner, p) => ({
      out: referenceNetwork(inner.input("X", [1, time, features]), p),
    }));
    const data = numbers("X").slice(0, time * features);
    const answers = [];
    for (const kind of ["native", "web"] as const) {
      const opened = await (await onnxRuntime(kind)).open(graph.bytes(), 1);
      const { out } = await opened.run({ X: { shape: [1, time, features], data } });
      answers.push(out!.data as Float32Array);
      await opened.close();
    }
    const [native, web] = answers as [Float32Array, Float32Array];
    native.forEach((value, k) => expect(Math.abs(value - web[k]!)).toBeLessThan(1e-5));
  },
);
