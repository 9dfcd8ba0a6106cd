import { onnxRuntime } from "../../src/adapters/runtime/onnx-runtime.ts";
import {
  inferenceGraph,
  momentCorrections,
  parameterCount,
  trainStepGraph,
} from "../../src/learning/graph/train-step.ts";
import { boostDefaults, fitBoosted } from "../../src/learning/trees/boost.ts";
import { fitForest, forestDefaults } from "../../src/learning/trees/forest.ts";
import { treeRows } from "../tree-rows.ts";
import {
  batch,
  features,
  readReference,
  referenceLoss,
  referenceNetwork,
  referenceShapes,
  theirName,
  time,
} from "../../test/reference-network.ts";
import { hasShared } from "../../test/shared.ts";

// Processor time of learning, on one thread: trees on 50,000 rows of 40 features, and one training step and one answer of a
// network of a convolution, an LSTM and an attention (batch 64, 60 steps, 32 features), whose weights PyTorch wrote down.

const labelled = treeRows(1);

/** Milliseconds of the processor that a piece of work takes. */
async function processorMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

const options = { ...boostDefaults, rounds: 200, rate: 0.1, depthMax: 6, childWeightMin: 1 };
const boostMs = await processorMs(() => fitBoosted(labelled, options));
const forest = { ...forestDefaults, trees: 100, depthMax: 10, leafWeightMin: 1 };
const forestMs = await processorMs(() => fitForest(labelled, forest));
const figures = { boost50kSeconds: boostMs / 1_000, forest50kSeconds: forestMs / 1_000 };
console.log(JSON.stringify(hasShared ? { ...figures, ...(await networkFigures()) } : figures));

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

async function networkFigures(): Promise<Record<string, number>> {
  const { numbers } = readReference();
  const runtime = await onnxRuntime("native");
  const graph = trainStepGraph(referenceShapes, referenceLoss, { weightDecay: 1e-5, gradientNormMax: 1 });
  const step = await runtime.open(graph.bytes(), 1);
  const shape = [parameterCount(referenceShapes)];
  const row = Float32Array.from(
    Object.keys(referenceShapes).flatMap((name) => [...numbers(theirName(name))]),
  );
  const single = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const { correction1, correction2 } = momentCorrections(1);
  const inputs = {
    X: { shape: [batch, time, features], data: numbers("X") },
    Y: { shape: [batch], data: numbers("Y") },
    parameters: { shape, data: row },
    first: { shape, data: new Float32Array(row.length) },
    second: { shape, data: new Float32Array(row.length) },
    rate: single(1e-3),
    correction1: single(correction1),
    correction2: single(correction2),
  };
  const steps: number[] = [];
  for (let k = 0; k < 40; k++) steps.push(await processorMs(() => step.run(inputs)));
  const network = inferenceGraph(referenceShapes, row, (inner, p) => ({
    out: referenceNetwork(inner.input("X", [1, time, features]), p),
  }));
  const ask = await runtime.open(network.bytes(), 1);
  const one = { X: { shape: [1, time, features], data: numbers("X").slice(0, time * features) } };
  const answers: number[] = [];
  for (let k = 0; k < 300; k++) answers.push(await processorMs(() => ask.run(one)));
  return { networkStepMs: median(steps.slice(5)), networkAnswerMs: median(answers.slice(20)) };
}
